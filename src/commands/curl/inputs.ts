import { type Context, environmentValue } from '../../context.ts'
import { usageError } from '../../errors.ts'
import { curlCodes, TransferError } from '../../http/transfer-error.ts'
import { type Body, pipeBody } from '../../request/body.ts'
import { openPath, readAll, type SpooledBody, spool, UnreadableFile } from '../../request/body-source.ts'
import type { NamedValue } from '../../request/curl-arguments.ts'
import { type CustomHeaders, parseCustomHeaders } from '../../request/curl-headers.ts'

/** The files and stdin that options name; curl's code 26 where they cannot be read. */
export interface CurlInputs {
  /** What all `-H` say; their files are read once. @throws TransferError (26), CliError (usage) for lines that cannot be sent */
  custom(): Promise<CustomHeaders>
  /** Opens a file, or stdin for `-`, which can be taken once. */
  open(name: string, option: string): Promise<Body>
  /**
   * Opens it for a body that states its length: a pipe is read to its end first, as curl does. What the first URL read from stdin
   * is what all others send, too.
   */
  openWhole(name: string, wanted: { readonly option: string; readonly urlNumber: number }): Promise<Body>
  /** Reads a pipe to its end into a private temporary file. */
  spool(body: Body): Promise<Body>
  /** Gives back what was spooled. */
  dispose(): Promise<void>
}

/** Nothing is opened yet. */
export function openInputs(headers: readonly NamedValue[], context: Context): CurlInputs {
  const open = fileOpener(context)
  let custom: Promise<CustomHeaders> | undefined
  const spooled: SpooledBody[] = []
  let ofStdin: Body | undefined
  const spoolHeld = async (body: Body) => {
    const held = await unreadableAsTransferError(() => spool(body, temporaryDirectory(context)))
    spooled.push(held)
    return held.body
  }
  return {
    custom() {
      custom ??= readHeaders(headers, open)
      return custom
    },
    open,
    async openWhole(name, { option, urlNumber }) {
      if (name === '-' && urlNumber > 0 && ofStdin !== undefined) return ofStdin
      const opened = await open(name, option)
      const whole = opened.length === undefined ? await spoolHeld(opened) : opened
      if (name === '-') ofStdin = whole
      return whole
    },
    spool: spoolHeld,
    async dispose() {
      for (const held of spooled.splice(0)) await held.dispose()
    },
  }
}

function fileOpener(context: Context): CurlInputs['open'] {
  let takenBy: string | undefined
  return async (name, option) => {
    if (name !== '-') return unreadableAsTransferError(() => openPath(name), option)
    if (takenBy !== undefined) {
      throw usageError(`${option} reads stdin, but ${takenBy} has taken it already`, 'read one of them from a file')
    }
    takenBy = option
    return pipeBody(() => context.stdin.chunks())
  }
}

async function readHeaders(headers: readonly NamedValue[], open: CurlInputs['open']): Promise<CustomHeaders> {
  const texts: string[] = []
  for (const { value } of headers) {
    if (!value.startsWith('@')) texts.push(value)
    else texts.push(...(await readAll(await open(value.slice(1), '--header'))).toString().split(/\r?\n/))
  }
  return parseCustomHeaders(texts)
}

async function unreadableAsTransferError<T>(read: () => Promise<T>, option?: string): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    const forOption = option === undefined ? '' : ` for ${option}`
    throw new TransferError(curlCodes.read, `${error.message}${forOption}`, {
      hint: 'check the path and its permissions',
      cause: error,
    })
  }
}

function temporaryDirectory({ env, platform }: Context): string {
  return environmentValue(env, platform === 'win32' ? 'TEMP' : 'TMPDIR') ?? (platform === 'win32' ? '.' : '/tmp')
}
