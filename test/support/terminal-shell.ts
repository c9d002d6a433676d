import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TmuxTerminal } from './tmux-terminal.ts'

export type ShellName = 'bash' | 'zsh' | 'fish'

/** An interactive shell in a terminal, with the completion script loaded and a recording `sigv4` in its PATH. */
export interface TerminalShell {
  /** The shell's home and working directory. */
  readonly folder: string
  /** Types text, presses Tab once for each `\t` in it, then Enter; the arguments that `sigv4` was given. */
  argumentsOf(text: string): Promise<readonly string[]>
  /** Types text with its Tabs, waits for the screen to show something, and clears the line again. */
  screenAfter(text: string, expected: RegExp): Promise<string>
  /** What `sigv4 candidates -- KIND` answers from now on, in place of the program. */
  setCandidates(kind: string, names: readonly string[]): void
  close(): void
}

interface ShellOptions {
  readonly env?: Readonly<Record<string, string>>
}

const prompt = 'ready> '
const program = join(process.cwd(), 'bin/sigv4.js')

/** The programs that a test in this shell needs and this machine lacks; said loudly. */
export function missingForShell(shell: ShellName): string | false {
  const missing = [shell, 'tmux'].filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
  if (missing.length === 0) return false
  console.error(`\n*** ${missing.join(' and ')} not installed: COMPLETION IN ${shell} IS NOT TESTED ***\n`)
  return `${missing.join(' and ')} not installed`
}

export async function startTerminalShell(shell: ShellName, options: ShellOptions = {}): Promise<TerminalShell> {
  const folder = mkdtempSync(join(tmpdir(), 'sigv4-shell-'))
  writeRecorder(folder)
  writeStartFiles(folder)
  const terminal = new TmuxTerminal({ folder, command: commandOf(shell, folder), env: environmentIn(folder, options) })
  const close = () => {
    terminal.close()
    // A shell that was told to end may still write: ENOTEMPTY is tried again.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
  try {
    await terminal.until(() => terminal.screen().includes(prompt.trim()), `the prompt of ${shell}`)
  } catch (error) {
    close()
    throw error
  }
  const recorded = join(folder, 'arguments')
  return {
    folder,
    async argumentsOf(text) {
      await freshPrompt(terminal)
      rmSync(recorded, { force: true })
      await terminal.type(text)
      terminal.press('Enter')
      await terminal.until(() => existsSync(recorded), `${shell}: a call of sigv4`)
      return readFileSync(recorded, 'utf8').split('\0').slice(0, -1)
    },
    async screenAfter(text, expected) {
      await freshPrompt(terminal)
      await terminal.type(text)
      await terminal.until(() => expected.test(terminal.screen()), `${shell}: ${expected}`)
      return terminal.screen()
    },
    setCandidates(kind, names) {
      writeFileSync(join(folder, `${kind}.candidates`), names.map((name) => `${name}\0`).join(''))
    },
    close,
  }
}

function commandOf(shell: ShellName, folder: string): readonly string[] {
  return {
    bash: ['bash', '--noprofile', '--rcfile', `${folder}/rc.bash`, '-i'],
    zsh: ['zsh', '-i'],
    fish: ['fish', '-i'],
  }[shell]
}

function environmentIn(folder: string, { env }: ShellOptions): Readonly<Record<string, string>> {
  return {
    HOME: folder,
    PATH: `${folder}/bin:${process.env.PATH}`,
    TERM: 'screen',
    LANG: 'C.UTF-8',
    ZDOTDIR: folder,
    XDG_CONFIG_HOME: `${folder}/.config`,
    XDG_DATA_HOME: `${folder}/.local`,
    ...env,
  }
}

async function freshPrompt(terminal: TmuxTerminal): Promise<void> {
  terminal.press('C-c')
  await terminal.settled()
  terminal.press('C-l')
  await terminal.until(() => terminal.screen().trim() === prompt.trim(), 'an empty screen')
}

/** A `sigv4` that completes as the program does and otherwise writes down its arguments, each ended by NUL. */
function writeRecorder(folder: string): void {
  mkdirSync(join(folder, 'bin'))
  const path = join(folder, 'bin/sigv4')
  writeFileSync(
    path,
    `#!/bin/sh
if [ "$1" = candidates ]; then
  [ ! -e '${folder}'/"$3".candidates ] || exec cat '${folder}'/"$3".candidates
  exec '${process.execPath}' '${program}' "$@"
fi
printf '%s\\0' "$@" > '${folder}/arguments.part'
mv '${folder}/arguments.part' '${folder}/arguments'
`,
  )
  chmodSync(path, 0o755)
}

function writeStartFiles(folder: string): void {
  const scripts = join(process.cwd(), 'completions')
  writeFileSync(
    join(folder, 'rc.bash'),
    `PS1='${prompt}'\nset +o history\nbind 'set show-all-if-ambiguous on'\n. '${scripts}/sigv4.bash'\n`,
  )
  writeFileSync(
    join(folder, '.zshrc'),
    `fpath=('${scripts}' $fpath)\nautoload -U compinit\ncompinit -u -D\nPS1='${prompt}'\nunset zle_bracketed_paste\n`,
  )
  mkdirSync(join(folder, '.config/fish/completions'), { recursive: true })
  // Without it fish starts a job of its own that writes here what it reads from all manual pages, and outlives the shell.
  mkdirSync(join(folder, '.local/fish/generated_completions'), { recursive: true })
  writeFileSync(
    join(folder, '.config/fish/config.fish'),
    `function fish_prompt; printf '${prompt}'; end\nfunction fish_greeting; end\nset -g fish_autosuggestion_enabled 0\n`,
  )
  writeFileSync(join(folder, '.config/fish/completions/sigv4.fish'), readFileSync(`${scripts}/sigv4.fish`))
}
