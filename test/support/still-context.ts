import type { Context, Output } from '../../src/context.ts'

/** A world in which nothing happens, but for what is given: no variables, no terminal, no stdin, no other program. */
export function stillContext(given: Partial<Context> = {}): Context {
  return {
    env: {},
    stdin: { isTerminal: false, chunks: () => (async function* () {})() },
    stdout: output(async () => {}),
    stderr: output(async () => {}),
    now: () => new Date('2015-08-30T12:36:00Z'),
    clock: () => performance.now(),
    // Never busy, on whatever machine: then what is done at once does not depend on it.
    idleMs: () => performance.now(),
    random: () => 0.5,
    homeDirectory: '/nonexistent',
    userName: 'tester',
    userId: process.geteuid?.(),
    workingDirectory: process.cwd(),
    packageFolder: process.cwd(),
    platform: process.platform,
    askTerminal: async () => undefined,
    runProgram: async () => 0,
    interrupt: new AbortController().signal,
    ...given,
  }
}

/** An output of 80 columns that is no terminal, unless said otherwise. */
export function output(
  write: (text: string) => Promise<void>,
  { isTerminal = false }: { readonly isTerminal?: boolean } = {},
): Output {
  return { isTerminal, columns: 80, write: (data) => write(Buffer.from(data).toString()) }
}
