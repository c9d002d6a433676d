// A bundle of its own, read only when something is coloured.
import { Chalk } from 'chalk'
import type { Style } from './style.ts'

const chalk = new Chalk({ level: 1 })

export const chalkStyle: Style = {
  bold: (text) => chalk.bold(text),
  dim: (text) => chalk.dim(text),
  red: (text) => chalk.red(text),
  green: (text) => chalk.green(text),
  yellow: (text) => chalk.yellow(text),
  cyan: (text) => chalk.cyan(text),
  underline: (text) => chalk.underline(text),
}
