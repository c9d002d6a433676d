import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import type { CredentialOptions } from '../credentials/options.ts'
import { usageError } from '../errors.ts'
import type { ColorMode } from '../output/style.ts'
import { setAction } from './action.ts'
import { addSharedOptions, parseCredentialOptions, type SharedValues } from './shared-options.ts'

/** `whoami`'s command line, parsed. */
export interface WhoamiOptions {
  readonly credentials: CredentialOptions
  readonly format: 'text' | 'json'
  readonly color: ColorMode | undefined
}

interface WhoamiValues extends SharedValues {
  readonly format: 'text' | 'json'
}

const examples = `
Examples:
  $ sigv4 whoami
  $ sigv4 whoami --profile prod --role-arn arn:aws:iam::123456789012:role/audit --format json
`

/** Adds `whoami`'s words. */
export function registerWhoami(command: Command, context: Context): void {
  command
    .addHelpText('before', examples.trimStart())
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text'))
  addSharedOptions(command)
  setAction(command, async (operands) => {
    const options = await parseWhoami(operands, command.opts<WhoamiValues>())
    return (await import('./whoami/run.ts')).runWhoami(options, context)
  })
}

/** @throws CliError (usage) */
export async function parseWhoami(operands: readonly string[], values: WhoamiValues): Promise<WhoamiOptions> {
  if (operands.length > 0)
    throw usageError(
      `whoami takes no argument, but '${operands[0]}' is given`,
      'name a profile with --profile, a role with --role-arn',
    )
  const credentials = await parseCredentialOptions(values)
  if (credentials.signing === 'none') throw usageError('--no-sign-request leaves nobody to ask for', 'leave it out')
  return {
    credentials: { ...credentials, stsEndpointUrl: credentials.endpointUrl },
    format: values.format,
    color: values.color,
  }
}
