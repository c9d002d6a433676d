// Reads commander's tree into plain data: what can be typed at each command, and where each value's candidates come from.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * @typedef {{kind: 'none' | 'file' | 'directory' | 'file-after-at'} | {kind: 'words', words: string[]}
 *   | {kind: 'asked', question: string}} Candidates `words` are our own, without any character that a shell reads;
 *   what is `asked` is asked of the program at the time of the Tab
 * @typedef {{name: string, chosen: boolean, candidates: Candidates}} ValueWords `chosen` where no other value is taken
 * @typedef {{names: string[], flags: string, group: string, description: string, value?: ValueWords, repeatable: boolean}} OptionWords
 * @typedef {{name: string, summary: string, usage: string, options: OptionWords[], operand?: ValueWords, operands: object[]}} CommandWords
 */

const none = { kind: 'none' }
const fileAfterAt = { kind: 'file-after-at' }
const asked = (question) => ({ kind: 'asked', question })
const methods = { kind: 'words', words: ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS'] }

/** Where the values of options come from that their placeholder does not tell. */
const candidatesOfOption = new Map([
  ['--profile', asked('profile')],
  ['--region', asked('region')],
  ['--service', asked('service')],
  ['--role-arn', asked('role')],
  ['--mfa-serial', asked('mfa-serial')],
  ['--bucket', asked('bucket')],
  ['--request', methods],
  ['--header', fileAfterAt],
  ['--data', fileAfterAt],
  ['--data-binary', fileAfterAt],
  ['--policy', fileAfterAt],
])

/** Where values come from, by their placeholder in the help. */
const candidatesOfPlaceholder = new Map([
  ['file', { kind: 'file' }],
  ['dir', { kind: 'directory' }],
  ['target', asked('s3')],
  ['role-arn', asked('role')],
])

/**
 * Where operands come from that are called as options' values are. None is without: zsh, which asks for operands wherever
 * options can stand, too, would insert no option behind the message that nothing can be said of them.
 */
const candidatesOfOperand = new Map([
  ['url', asked('s3')],
  ['input', { kind: 'file' }],
])

/**
 * The words of the program as compiled in `build/`: the program's own (name `''`, with the options that may stand before
 * a command's name), then each command's, in the order of the help.
 * @returns {Promise<CommandWords[]>}
 */
export async function readCommandWords(root) {
  const module = (path) => import(pathToFileURL(join(root, 'build', 'src', path)))
  const { buildWholeProgram } = await module('program.js')
  const { addSharedOptions } = await module('commands/shared-options.js')
  const program = await buildWholeProgram({ stdout: { columns: 80 } })
  const help = program.createHelp()
  const shared = addSharedOptions(program.createCommand('shared').helpOption(false))
  const own = [...help.visibleOptions(program), ...help.visibleOptions(shared)].map(optionWords)
  return [
    { name: '', summary: program.description(), usage: help.commandUsage(program), options: own, operands: [] },
    ...help.visibleCommands(program).map((command) => commandWords(command, help)),
  ]
}

function commandWords(command, help) {
  const [operand] = command.registeredArguments
  return {
    name: command.name(),
    summary: command.summary(),
    usage: help.commandUsage(command),
    options: help.visibleOptions(command).map(optionWords),
    operand: operand && operandWords(operand),
    operands: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: help.argumentDescription(argument),
    })),
  }
}

function operandWords(operand) {
  const words = valueWords(operand.name(), { choices: operand.argChoices })
  return { ...words, candidates: candidatesOfOperand.get(words.name) ?? words.candidates }
}

function optionWords(option) {
  const placeholder = /[<[](.+?)(?:\.\.\.)?[>\]]$/.exec(option.flags)?.[1]
  return {
    names: [option.short, option.long].filter(Boolean),
    flags: option.flags,
    group: option.helpGroupHeading ?? 'Options:',
    description: option.description,
    value: placeholder && valueWords(placeholder, { choices: option.argChoices, option: option.long }),
    // An option that is given once has no parser of its own; choices set one.
    repeatable: Boolean(option.parseArg) && !option.argChoices,
  }
}

function valueWords(name, { choices, option }) {
  const candidates = candidatesOfOption.get(option) ?? candidatesOfPlaceholder.get(name.toLowerCase()) ?? none
  return { name, chosen: Boolean(choices), candidates: choices ? { kind: 'words', words: choices } : candidates }
}

/** `none`, `file`, `words GET HEAD`, `asked profile`: the candidates as one line of a script. */
export function candidatesLine(candidates) {
  if (candidates.kind === 'words') return `words ${candidates.words.join(' ')}`
  if (candidates.kind === 'asked') return `asked ${candidates.question}`
  return candidates.kind
}
