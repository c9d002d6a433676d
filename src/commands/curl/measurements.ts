import type { Connection } from '../../http/connect.ts'
import type { Acquired } from '../../http/connection-pool.ts'
import type { ResponseHead } from '../../http/response-head.ts'
import type { Progress } from '../../output/progress-meter.ts'
import type { TransferReport } from '../../output/write-out.ts'
import { version } from '../../version.ts'

/** What the rest of a report is made of. */
export interface ReportFacts
  extends Pick<
    TransferReport,
    | 'url'
    | 'urlEffective'
    | 'urlNumber'
    | 'method'
    | 'scheme'
    | 'exitCode'
    | 'errorMessage'
    | 'fileName'
    | 'redirectUrl'
    | 'referer'
  > {}

/** Counts and times of one transfer, over all its requests. */
export class Measurements {
  readonly #clock: () => number
  readonly #firstTryAt: number
  /** Of this try. */
  startedAt: number
  /** The last one that came, if only from a redirect. */
  head: ResponseHead | undefined
  downloaded = 0
  downloadTotal: number | undefined
  uploaded = 0
  uploadTotal: number | undefined
  redirects = 0
  #hopStartedAt: number
  #connection: Connection | undefined
  #addresses: Pick<TransferReport, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'> = noAddresses
  #connects = 0
  #headerBytes = 0
  #requestBytes = 0
  #requestSentAt: number | undefined
  #firstByteAt: number | undefined
  #samples: { at: number; bytes: number }[] = []

  constructor(clock: () => number) {
    this.#clock = clock
    this.startedAt = clock()
    this.#firstTryAt = this.startedAt
    this.#hopStartedAt = this.startedAt
  }

  /** Over all tries. */
  get elapsedMs(): number {
    return this.#clock() - this.#firstTryAt
  }

  /** A try counts for itself, as in curl. */
  beginTry(): void {
    this.startedAt = this.#clock()
    this.head = undefined
    this.redirects = 0
    this.#connection = undefined
    this.#addresses = noAddresses
    this.#connects = 0
    this.#headerBytes = 0
    this.#requestBytes = 0
    this.#requestSentAt = undefined
    this.#samples = [{ at: this.startedAt, bytes: 0 }]
    this.beginHop(undefined)
  }

  /** Another request of the same transfer begins. */
  beginHop(uploadTotal: number | undefined): void {
    this.#hopStartedAt = this.#clock()
    this.downloaded = 0
    this.downloadTotal = undefined
    this.uploaded = 0
    this.uploadTotal = uploadTotal
    this.#firstByteAt = undefined
  }

  connected({ connection, reused }: Acquired): void {
    this.#connection = connection
    if (!reused) this.#connects += 1
    // A closed socket forgets them.
    const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = connection.socket
    this.#addresses = { localAddress, localPort, remoteAddress, remotePort }
  }

  requestSent(bytes: number): void {
    this.#requestBytes += bytes
    this.#requestSentAt = this.#clock()
  }

  received(head: ResponseHead): void {
    this.#firstByteAt ??= this.#clock()
    this.#headerBytes += head.raw.length
    this.head = head
    const length = head.headers.findLast(({ name }) => name.toLowerCase() === 'content-length')?.value
    this.downloadTotal = length === undefined ? undefined : Number(length)
  }

  progress(): Progress {
    const now = this.#clock()
    const bytes = this.downloaded + this.uploaded
    this.#samples = [...this.#samples, { at: now, bytes }].slice(-6)
    const first = this.#samples[0] ?? { at: this.startedAt, bytes: 0 }
    const since = first.at === now ? { at: this.startedAt, bytes: 0 } : first
    const seconds = (now - since.at) / 1000
    return {
      downloaded: this.downloaded,
      downloadTotal: this.downloadTotal,
      uploaded: this.uploaded,
      uploadTotal: this.uploadTotal,
      elapsedSeconds: (now - this.startedAt) / 1000,
      currentBytesPerSecond: seconds > 0 ? Math.max(0, Math.floor((bytes - since.bytes) / seconds)) : 0,
    }
  }

  report(facts: ReportFacts): TransferReport {
    const { head } = this
    const verifyResult = this.#connection?.verifyResult
    return {
      ...facts,
      programVersion: `sigv4/${version}`,
      scheme: this.#connection ? facts.scheme : undefined,
      responseCode: head?.status ?? 0,
      httpVersion: head?.version ?? '0',
      httpConnect: this.#connection?.tunnelStatus ?? 0,
      headers: head?.headers ?? [],
      redirects: this.redirects,
      connects: this.#connects,
      ...this.#addresses,
      sslVerifyResult: verifyResult === undefined ? 0 : (verifyResults[verifyResult] ?? 1),
      sizes: {
        download: this.downloaded,
        upload: this.uploaded,
        header: this.#headerBytes,
        request: this.#requestBytes,
      },
      times: this.#times(),
    }
  }

  #times(): TransferReport['times'] {
    const since = (at: number | undefined) => (at === undefined ? 0 : Math.max(0, at - this.startedAt) / 1000)
    const { lookup, connect, tls } = this.#connection?.times ?? {}
    return {
      lookup: since(lookup),
      connect: since(connect),
      tls: since(tls),
      beforeTransfer: since(this.#requestSentAt),
      firstByte: since(this.#firstByteAt),
      redirects: this.redirects === 0 ? 0 : since(this.#hopStartedAt),
      total: since(this.#clock()),
    }
  }
}

const noAddresses = { localAddress: '', localPort: 0, remoteAddress: '', remotePort: 0 } as const

/** OpenSSL's numbers (`X509_V_ERR_...`), which `%{ssl_verify_result}` shows. */
const verifyResults: Readonly<Record<string, number>> = {
  CERT_NOT_YET_VALID: 9,
  CERT_HAS_EXPIRED: 10,
  DEPTH_ZERO_SELF_SIGNED_CERT: 18,
  SELF_SIGNED_CERT_IN_CHAIN: 19,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 20,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 21,
}
