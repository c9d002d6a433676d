import { isRegionName } from '../request/partition.ts'
import type { S3Endpoint } from './addressing.ts'
import type { Footing } from './footing.ts'
import type { S3Refusal } from './refusal.ts'

export interface RepairOptions {
  readonly now: () => Date
  /** Takes a line about what was put right. */
  readonly note: (line: string) => void
  readonly endpointIn: (region: string) => S3Endpoint
}

/** Puts right what S3 says is wrong with the region or the clock of a request. */
export class SessionRepairs {
  readonly #options: RepairOptions
  readonly #tried = new Set<string>()

  constructor(options: RepairOptions) {
    this.#options = options
  }

  /** What to sign with from now on; undefined where the refusal is about something else, or comes back after its repair. */
  repaired(footing: Footing, refusal: S3Refusal): Footing | undefined {
    return this.#withClock(footing, refusal) ?? this.#withRegion(footing, refusal)
  }

  #withRegion(footing: Footing, { region }: S3Refusal): Footing | undefined {
    const current = footing.endpoint
    if (region === undefined || region === current.region || !isRegionName(region)) return undefined
    if (!this.#isNew(`region ${region}`)) return undefined
    const endpoint = this.#options.endpointIn(region)
    if (endpoint.region !== region) return undefined
    this.#options.note(`the bucket is in ${region}, not in ${current.region}: signing for ${region}`)
    return { ...footing, endpoint, expressSession: undefined }
  }

  #withClock(footing: Footing, { error, serverDate }: S3Refusal): Footing | undefined {
    if (error?.code !== 'RequestTimeTooSkewed' || serverDate === undefined || !this.#isNew('clock')) return undefined
    const clockOffsetMs = serverDate.getTime() - this.#options.now().getTime()
    const seconds = Math.round(Math.abs(clockOffsetMs) / 1000)
    const direction = clockOffsetMs > 0 ? 'behind' : 'ahead of'
    this.#options.note(`the clock is ${seconds} s ${direction} the server's: signing with the server's time`)
    return { ...footing, clockOffsetMs }
  }

  /** Each repair is tried once: what comes back after it would come back for ever. */
  #isNew(repair: string): boolean {
    if (this.#tried.has(repair)) return false
    this.#tried.add(repair)
    return true
  }
}
