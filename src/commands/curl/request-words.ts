import { usageError } from '../../errors.ts'
import type { CurlArguments, NamedValue } from '../../request/curl-arguments.ts'
import { dataOptions } from '../../request/curl-data.ts'
import { checkedMethod } from '../../request/header-argument.ts'
import { type FormField, parseFormField } from '../../request/multipart-words.ts'
import { type ChecksumName, checksumNames } from '../../sign/payload-checksum.ts'

/** What the options say of the request itself; nothing is read yet. */
export interface RequestWords {
  /** `-X` */
  readonly method: string | undefined
  readonly content: ContentWords
  /** `-H`, as given. */
  readonly headers: readonly NamedValue[]
  readonly urlQuery: readonly NamedValue[]
  readonly headOnly: boolean
  /** `-A`; empty for none. */
  readonly userAgent: string | undefined
  readonly referer: string | undefined
  /** `-e ';auto'` */
  readonly refererFollows: boolean
  /** `-b` */
  readonly cookies: readonly string[]
  readonly range: string | undefined
  readonly compressed: boolean
  readonly aws: AwsWords
}

export type ContentWords =
  | { readonly kind: 'none' }
  /** The `-d` family; `inQuery` with `-G`. */
  | { readonly kind: 'data'; readonly pieces: readonly NamedValue[]; readonly json: boolean; readonly inQuery: boolean }
  | { readonly kind: 'form'; readonly fields: readonly FormField[] }
  /** `-T`: one for each URL, in order; an empty name uploads nothing. */
  | { readonly kind: 'upload'; readonly files: readonly string[] }

/** What only AWS understands. */
export interface AwsWords {
  /** `--action`, and `--api-version`. */
  readonly action: { readonly name: string; readonly version: string | undefined } | undefined
  /** `--target` */
  readonly target: string | undefined
  readonly signChunks: boolean
  readonly checksum: ChecksumName | undefined
}

/** @throws CliError (usage) for values that cannot be, and for options that exclude each other */
export function parseRequestWords(args: CurlArguments): RequestWords {
  const referer = args.value('referer')
  const method = args.value('request')
  return {
    method: method === undefined ? undefined : checkedMethod(method),
    content: parseContent(args),
    headers: args.values('header'),
    urlQuery: args.values('url-query'),
    headOnly: args.flag('head'),
    userAgent: checkedLine(args, 'user-agent'),
    referer: checkedLine(args, 'referer')?.replace(/;auto$/, ''),
    refererFollows: referer?.endsWith(';auto') ?? false,
    cookies: args.values('cookie').map(({ value }) => value),
    range: parseRange(checkedLine(args, 'range')),
    compressed: args.flag('compressed'),
    aws: parseAws(args),
  }
}

function parseContent(args: CurlArguments): ContentWords {
  const pieces = args.values(...dataOptions)
  const fields = args.values('form', 'form-string')
  const files = args.values('upload-file').map(({ value }) => value)
  const inQuery = args.flag('get')
  const kinds = [
    ...(pieces.length > 0 && !(inQuery && args.flag('head')) ? [`--${pieces[0]?.name}`] : []),
    ...(fields.length > 0 ? [`--${fields[0]?.name}`] : []),
    ...(files.length > 0 ? ['--upload-file'] : []),
    ...(args.flag('head') ? ['--head'] : []),
  ]
  if (kinds.length > 1) {
    throw usageError(
      `${kinds[0]} and ${kinds[1]} ask for two different requests`,
      'give one of them, and the method with -X',
    )
  }
  if (fields.length > 0) return { kind: 'form', fields: fields.map(parseFormField) }
  if (files.length > 0) return { kind: 'upload', files }
  if (pieces.length === 0) return { kind: 'none' }
  return { kind: 'data', pieces, json: pieces.some(({ name }) => name === 'json'), inQuery }
}

function parseAws(args: CurlArguments): AwsWords {
  const name = args.value('action')
  const target = args.value('target')
  const version = args.value('api-version')
  if (name !== undefined && target !== undefined) {
    throw usageError('--action and --target are two protocols', 'give one of them')
  }
  if (version !== undefined && name === undefined) throw usageError('--api-version is for --action')
  if (name !== undefined && !/^[A-Za-z0-9]+$/.test(name))
    throw usageError(`--action '${name}' is not the name of an action`)
  if (target !== undefined && !/^[\w.-]+$/.test(target)) {
    throw usageError(`--target '${target}' is not a target`, 'write --target DynamoDB_20120810.ListTables')
  }
  for (const option of ['form', 'form-string', 'upload-file'] as const) {
    if ((name !== undefined || target !== undefined) && args.value(option) !== undefined) {
      throw usageError(
        `--${option} does not go with --${name === undefined ? 'target' : 'action'}`,
        'give the data with -d',
      )
    }
  }
  return {
    action: name === undefined ? undefined : { name, version },
    target,
    signChunks: args.flag('sign-chunks'),
    checksum: parseChecksum(args.value('checksum')),
  }
}

function parseChecksum(text: string | undefined): ChecksumName | undefined {
  if (text === undefined) return undefined
  const name = checksumNames.find((known) => known === text.toLowerCase())
  if (name === undefined) throw usageError(`--checksum '${text}' is not known`, `write ${checksumNames.join(', ')}`)
  return name
}

/** curl takes a lone number for the beginning of a range. */
function parseRange(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (!/^[\d\s,-]+$/.test(text)) throw usageError(`--range '${text}' is not a range`, 'write 0-499, 500- or -500')
  return text.includes('-') ? text : `${text}-`
}

function checkedLine(args: CurlArguments, name: 'user-agent' | 'referer' | 'range'): string | undefined {
  const value = args.value(name)
  if (value !== undefined && /[\r\n\0]/.test(value)) throw usageError(`--${name} holds a line break or NUL`)
  return value
}
