import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Argument, type Command } from 'commander'
import type { Context } from '../context.ts'
import { exitCodes, failure } from '../errors.ts'
import { setAction } from './action.ts'

/** The scripts, generated from the command tree by `scripts/generate.mjs`; packagers install the same files. */
const scriptOfShell = { bash: 'sigv4.bash', zsh: '_sigv4', fish: 'sigv4.fish' } as const

type Shell = keyof typeof scriptOfShell

const shells: readonly Shell[] = ['bash', 'zsh', 'fish']

const examples = `Examples:
  $ source <(sigv4 completion bash)                                          # this shell; ~/.bashrc for all
  $ sigv4 completion zsh > "\${fpath[1]}/_sigv4"                              # before compinit
  $ sigv4 completion fish > ~/.config/fish/completions/sigv4.fish
`

/** Adds `completion`'s words. */
export function registerCompletion(command: Command, context: Context): void {
  command
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(shells))
    .addHelpText('before', examples)
  setAction(command, async ([shell]) => runCompletion(shells.find((known) => known === shell) ?? 'bash', context))
}

async function runCompletion(shell: Shell, context: Context): Promise<number> {
  await context.stdout.write(readScript(join(context.packageFolder, 'completions', scriptOfShell[shell])))
  return exitCodes.done
}

/** @throws CliError where the installation has lost the file */
function readScript(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw failure(`cannot read the completion script '${path}'`, 'install sigv4 again', error)
  }
}
