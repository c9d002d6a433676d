import type { Command } from 'commander'
import { usageError } from '../errors.ts'

const exitCodes = new WeakMap<Command, number>()

/**
 * Sets what a command does: the action takes its operands and its result is the exit code.
 * One operand too many is a usage error that names it, which commander's own does not.
 */
export function setAction(command: Command, action: (operands: readonly string[]) => Promise<number>): void {
  command.allowExcessArguments().action(async () => {
    const [first] = command.args.slice(command.registeredArguments.length)
    const takesAll = command.registeredArguments.some(({ variadic }) => variadic)
    if (first !== undefined && !takesAll) {
      throw usageError(`unexpected argument '${first}'`, 'quote what the shell would split: blanks and &')
    }
    exitCodes.set(command, await action(command.args))
  })
}

/** The exit code of a command that ran. */
export function exitCodeOf(command: Command): number | undefined {
  return exitCodes.get(command)
}
