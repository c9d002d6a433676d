/** One thing that was looked at. */
export interface Check {
  readonly name: CheckName
  readonly ok: boolean
  /** What was seen, with its value. */
  readonly detail: string
  readonly findings: readonly Finding[]
  /** Not `ok`, but not wrong either: it could not be looked at. */
  readonly undecided?: true
}

/** A mistake that a check saw, by its id in the table. */
export interface Finding {
  readonly id: string
  readonly detail: string
}

export type CheckName =
  | 'algorithm'
  | 'scope'
  | 'date'
  | 'expiry'
  | 'signed headers'
  | 'required headers'
  | 'session token'
  | 'payload hash'
  | 'path encoding'
  | 'query encoding'
  | 'signature'
  | 'canonical request'
  | "the service's answer"

export function passed(name: CheckName, detail: string): Check {
  return { name, ok: true, detail, findings: [] }
}

/** @param findings at least one; the first one's detail stands for the check */
export function failed(name: CheckName, findings: readonly Finding[]): Check {
  return { name, ok: false, detail: findings.map((finding) => finding.detail).join('; '), findings }
}

/** Failed where there are findings, else passed with this detail. */
export function checkOf(name: CheckName, findings: readonly Finding[], detail: string): Check {
  return findings.length > 0 ? failed(name, findings) : passed(name, detail)
}
