import path from 'node:path'
import { usageError } from '../../errors.ts'
import type { CurlArguments } from '../../request/curl-arguments.ts'

/** What the options say of where things go and what is told. */
export interface OutputWords {
  /** Of each URL in order: a path, `remote` for `-O`; beyond the list stdout. */
  readonly outputs: readonly OutputPlace[]
  readonly createFolders: boolean
  /** `-i`, `-I` */
  readonly includeHeaders: boolean
  readonly dumpHeaders: string | undefined
  readonly writeOut: string | undefined
  readonly messages: 'shown' | 'silent'
  /** Of what may still come right: not with `-s`, `-S` or not. */
  readonly problems: 'shown' | 'silent'
  readonly meter: 'none' | 'table' | 'bar'
  readonly verbose: boolean
  /** What an HTTP status from 400 on does. */
  readonly httpErrors: 'shown' | 'fail' | 'fail-with-body'
  readonly failEarly: boolean
  readonly maxFileSize: number | undefined
  readonly eventStream: boolean
}

export type OutputPlace =
  /** `binary: 'allowed'` where the user wrote `-o -`. */
  | { readonly kind: 'stdout'; readonly binary: 'allowed' | 'not-on-terminal' }
  | { readonly kind: 'file'; readonly path: string }
  /** `-O`: into this folder, named by the URL. */
  | { readonly kind: 'remote-name'; readonly folder: string }

/** @throws CliError (usage) for options that exclude each other */
export function parseOutputWords(args: CurlArguments, urlCount: number): OutputWords {
  const silent = args.flag('silent')
  if (args.flag('fail') && args.flag('fail-with-body')) {
    throw usageError('--fail and --fail-with-body exclude each other')
  }
  const meterHidden = silent || args.turnedOff('progress-meter')
  return {
    outputs: parseOutputs(args, urlCount),
    createFolders: args.flag('create-dirs'),
    // `-I` turns `-i` on, and the last one counts.
    includeHeaders: args.given('include', 'head').at(-1)?.value === true,
    dumpHeaders: args.value('dump-header'),
    writeOut: args.value('write-out'),
    messages: silent && !args.flag('show-error') ? 'silent' : 'shown',
    problems: silent ? 'silent' : 'shown',
    meter: meterHidden ? 'none' : args.flag('progress-bar') ? 'bar' : 'table',
    verbose: args.flag('verbose'),
    httpErrors: args.flag('fail') ? 'fail' : args.flag('fail-with-body') ? 'fail-with-body' : 'shown',
    failEarly: args.flag('fail-early'),
    // 0 is no limit.
    maxFileSize: args.bytes('max-filesize') || undefined,
    eventStream: args.flag('event-stream'),
  }
}

function parseOutputs(args: CurlArguments, urlCount: number): readonly OutputPlace[] {
  const folder = args.value('output-dir')
  const outputs = args.given('output', 'remote-name').flatMap(({ value }): readonly OutputPlace[] => {
    if (value === true) return [{ kind: 'remote-name', folder: folder ?? '' }]
    // `--no-remote-name` is a URL's output too.
    if (typeof value !== 'string') return [{ kind: 'stdout', binary: 'not-on-terminal' }]
    if (value === '') throw usageError('--output names no file', 'write -o FILE, or -o - for stdout')
    if (value === '-') return [{ kind: 'stdout', binary: 'allowed' }]
    return [{ kind: 'file', path: folder === undefined ? value : path.join(folder, value) }]
  })
  const missing = Math.max(0, urlCount - outputs.length)
  if (!args.flag('remote-name-all')) return outputs
  return [
    ...outputs,
    ...Array.from({ length: missing }, () => ({ kind: 'remote-name', folder: folder ?? '' }) as const),
  ]
}
