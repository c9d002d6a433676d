import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import type { CredentialOptions } from '../credentials/options.ts'
import { usageError } from '../errors.ts'
import { setAction } from './action.ts'
import { addSharedOptions, parseCredentialOptions, type SharedValues } from './shared-options.ts'

const shellFormats = ['env', 'bash', 'fish', 'powershell', 'cmd', 'nu', 'tcsh'] as const
const fileFormats = ['dotenv', 'json', 'ini', 'github-actions', 'docker'] as const
const formats = [...shellFormats, ...fileFormats] as const

export type ShellFormat = (typeof shellFormats)[number]
export type AssumeFormat = (typeof formats)[number]

/** `assume`'s command line, parsed. */
export interface AssumeOptions {
  readonly credentials: CredentialOptions
  readonly result: AssumeResult
}

/** What is to become of the credentials. */
export type AssumeResult =
  | { readonly kind: 'print'; readonly format: AssumeFormat; readonly profileName: string }
  | { readonly kind: 'unset'; readonly format: ShellFormat }
  | { readonly kind: 'console' }
  | { readonly kind: 'run'; readonly command: readonly string[] }

interface AssumeValues extends SharedValues {
  readonly format?: AssumeFormat
  readonly profileName?: string
  readonly unset?: true
  readonly console?: true
}

const examples = `
Examples:
  $ eval "$(sigv4 assume arn:aws:iam::123456789012:role/admin)"
  $ sigv4 assume arn:aws:iam::123456789012:role/admin -- terraform plan
  $ sigv4 assume --profile prod --format fish | source
  $ eval "$(sigv4 assume --unset)"
`

/** Adds `assume`'s words. */
export function registerAssume(command: Command, context: Context, childCommand?: readonly string[]): void {
  command
    .usage('[options] [role-arn...] [-- command arguments...]')
    .argument('[role-arn...]', 'the roles to assume, one from the other; none exports the current credentials')
    .addHelpText('before', examples.trimStart())
    .addOption(new Option('--format <format>', 'what to print (default: env, for a POSIX shell)').choices(formats))
    .option('--profile-name <name>', "the section's name with --format ini (default: default)")
    .option('--unset', 'print what clears the variables again')
    .option('--console', 'print a URL that signs in to the AWS console')
  addSharedOptions(command)
  setAction(command, async (roleArns) => {
    const options = await parseAssume(roleArns, { values: command.opts<AssumeValues>(), childCommand })
    return (await import('./assume/run.ts')).runAssume(options, context)
  })
}

interface AssumeInput {
  readonly values: AssumeValues
  readonly childCommand: readonly string[] | undefined
}

/** @throws CliError (usage) for options that contradict each other */
export async function parseAssume(
  roleArns: readonly string[],
  { values, childCommand }: AssumeInput,
): Promise<AssumeOptions> {
  const credentials = await parseCredentialOptions(values)
  const { role } = credentials
  if (credentials.signing === 'none') throw usageError('--no-sign-request leaves nothing to assume', 'leave it out')
  const result = parseResult({ values, childCommand })
  if (result.kind === 'unset' && roleArns.length > 0)
    throw usageError(`--unset takes no role, but '${roleArns[0]}' is given`, 'leave out one of them')
  return {
    result,
    credentials: {
      ...credentials,
      role: { ...role, roleArns: [...role.roleArns, ...roleArns] },
      stsEndpointUrl: credentials.endpointUrl,
    },
  }
}

function parseResult({ values, childCommand }: AssumeInput): AssumeResult {
  const wanted = [
    ...(childCommand ? ['-- COMMAND'] : []),
    ...(values.console ? ['--console'] : []),
    ...(values.format !== undefined ? ['--format'] : []),
  ]
  if (values.unset) {
    const other = wanted.find((flag) => flag !== '--format')
    if (other) throw usageError(`--unset and ${other} exclude each other`, 'leave out one of them')
    return { kind: 'unset', format: shellFormat(values.format ?? 'env') }
  }
  if (wanted.length > 1) throw usageError(`${wanted[0]} and ${wanted[1]} exclude each other`, 'leave out one of them')
  if (values.profileName !== undefined && values.format !== 'ini')
    throw usageError('--profile-name is for --format ini', 'add --format ini, or take the profile NAME with --profile')
  if (values.console) return { kind: 'console' }
  if (!childCommand)
    return { kind: 'print', format: values.format ?? 'env', profileName: values.profileName ?? 'default' }
  if (childCommand.length === 0)
    throw usageError('no command behind --', 'write sigv4 assume ROLE -- COMMAND ARGUMENTS')
  return { kind: 'run', command: childCommand }
}

function shellFormat(format: AssumeFormat): ShellFormat {
  const shell = shellFormats.find((name) => name === format)
  if (shell) return shell
  throw usageError(`--unset is for shells, and --format ${format} is none`, `write one of ${shellFormats.join(', ')}`)
}
