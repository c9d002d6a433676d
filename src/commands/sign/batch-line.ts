import { usageError } from '../../errors.ts'
import { checkedHeaderName, checkedMethod } from '../../request/header-argument.ts'
import { splitS3Target } from '../../s3/bucket-name.ts'
import { parseExpires } from './expires.ts'

/** One line of `--batch`, read. */
export interface BatchLine {
  readonly target: BatchTarget
  /** What only a JSON object can say. */
  readonly own: OwnSettings | undefined
}

export type BatchTarget = { readonly bucket: string; readonly key: string } | { readonly url: string }

export interface OwnSettings {
  readonly method: string | undefined
  /** `Name: value`; an empty value as `Name;`. They replace the command line's headers of the same name. */
  readonly headers: readonly string[]
  readonly expiresInSeconds: number | undefined
  /** The same for lines that say the same. */
  readonly id: string
}

export interface LineRules {
  readonly bucket: string | undefined
  readonly mode: 'headers' | 'presign'
}

const membersHint = 'an object has "url" and may have "method", "headers":{...}, "expires"'
const keyHint = 'write a key that begins with { as s3://BUCKET/KEY'

/**
 * Reads a line: a JSON object, a URL, an s3:// URI, or with `--bucket` a key. A key that looks like one of the others is
 * written as s3://BUCKET/KEY.
 * @throws CliError (usage) for anything else
 */
export function parseBatchLine(text: string, { bucket, mode }: LineRules): BatchLine {
  if (text === '') throw usageError('is empty')
  if (text.startsWith('{')) return parseObject(text, mode)
  if (hasScheme(text)) return { target: targetOf(text), own: undefined }
  if (bucket === undefined) {
    throw usageError(`${quoted(text)} is neither a URL, an s3:// URI nor a JSON object`, 'keys need --bucket NAME')
  }
  return { target: { bucket, key: text }, own: undefined }
}

function hasScheme(text: string): boolean {
  return text.startsWith('s3://') || /^https?:\/\//i.test(text)
}

function targetOf(text: string): BatchTarget {
  return text.startsWith('s3://') ? splitS3Target(text) : { url: text }
}

function parseObject(text: string, mode: LineRules['mode']): BatchLine {
  const { url, method, headers, expires, ...others } = jsonObject(text)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw usageError(`has the unknown member ${quoted(unknown)}`, membersHint)
  if (typeof url !== 'string' || !hasScheme(url))
    throw usageError('has no member "url" with a URL or an s3:// URI', membersHint)
  if (method !== undefined && typeof method !== 'string') throw usageError('"method" is not a string')
  if (expires !== undefined && mode === 'headers') throw usageError('"expires" is for --presign')
  const own = {
    method: method === undefined ? undefined : checkedMethod(method),
    headers: headerLines(headers),
    expiresInSeconds: expires === undefined ? undefined : seconds(expires),
  }
  // It would be signed as U+FFFD, which names another object.
  if ([url, ...own.headers].some((text) => /\p{Surrogate}/u.test(text))) {
    throw usageError('has half of a surrogate pair, which is no character')
  }
  return { target: targetOf(url), own: { ...own, id: JSON.stringify(own) } }
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    // The line begins with a brace: what parses is an object.
    return { ...JSON.parse(text) }
  } catch (error) {
    throw usageError(`is not JSON: ${error instanceof Error ? error.message : error}`, keyHint)
  }
}

function headerLines(headers: unknown): readonly string[] {
  if (headers === undefined) return []
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    throw usageError('"headers" is not an object')
  }
  return Object.entries(headers).map(([name, value]) => {
    if (typeof value !== 'string') throw usageError(`the header ${quoted(name)} is not a string`)
    return value === '' ? `${checkedHeaderName(name)};` : `${checkedHeaderName(name)}: ${value}`
  })
}

function seconds(expires: unknown): number {
  if (typeof expires !== 'string' && typeof expires !== 'number') throw usageError('"expires" is not a duration')
  return parseExpires(String(expires), '"expires"')
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text)
}
