import type { Context } from '../context.ts'
import { escapeForTerminal } from '../output/escape.ts'
import type { CredentialOptions } from './options.ts'

/** Tells the user something that does not change the result. */
export function note(context: Context, text: string): Promise<void> {
  return context.stderr.write(`note: ${escapeForTerminal(text)}\n`)
}

/** Says what is done and why, with `--debug`. */
export async function debug(options: CredentialOptions, context: Context, text: string): Promise<void> {
  if (options.diagnostics === 'verbose') await context.stderr.write(`debug: ${escapeForTerminal(text)}\n`)
}
