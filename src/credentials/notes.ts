import type { Context } from '../context.ts'
import { escapeForTerminal } from '../output/escape.ts'
import type { CredentialOptions } from './options.ts'

/** What a run has been told already: credentials may be resolved again, and say nothing new then. */
const told = new WeakMap<Context, Set<string>>()

/** Tells the user, once, something that does not change the result. */
export async function note(context: Context, text: string): Promise<void> {
  const texts = told.get(context) ?? new Set()
  if (texts.has(text)) return
  told.set(context, texts.add(text))
  await context.stderr.write(`note: ${escapeForTerminal(text)}\n`)
}

/** Says what is done and why, with `--debug`. */
export async function debug(options: CredentialOptions, context: Context, text: string): Promise<void> {
  if (options.diagnostics === 'verbose') await context.stderr.write(`debug: ${escapeForTerminal(text)}\n`)
}
