import type { Credentials } from '../credentials/credentials.ts'
import type { S3Endpoint } from './addressing.ts'
import type { ExpressSession } from './express-session.ts'

/** What a request is signed with, as far as it may turn out wrong. */
export interface Footing {
  readonly endpoint: S3Endpoint
  readonly credentials: Credentials | undefined
  /** What the server's clock is ahead of ours. */
  readonly clockOffsetMs: number
  readonly expressSession: ExpressSession | undefined
}

/** The server's time, as far as it is known. */
export function timeOn({ clockOffsetMs }: Pick<Footing, 'clockOffsetMs'>, now: Date): Date {
  return new Date(now.getTime() + clockOffsetMs)
}
