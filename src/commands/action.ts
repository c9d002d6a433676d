import type { Command } from 'commander'

const exitCodes = new WeakMap<Command, number>()

/** Sets what a command does: the action takes its operands and its result is the exit code. */
export function setAction(command: Command, action: (operands: readonly string[]) => Promise<number>): void {
  command.action(async () => {
    exitCodes.set(command, await action(command.args))
  })
}

/** The exit code of a command that ran. */
export function exitCodeOf(command: Command): number | undefined {
  return exitCodes.get(command)
}
