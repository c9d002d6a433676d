import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { CredentialOptions } from '../credentials/options.ts'
import { failure, usageError } from '../errors.ts'
import { type ConnectionOptions, transportOptions } from '../http/connection-options.ts'
import type { TransportOptions } from '../http/transport.ts'
import type { ColorMode } from '../output/style.ts'
import { parseDurationSeconds } from '../request/duration.ts'
import { addChoice } from './sparse-command.ts'

interface SharedOption {
  readonly flags: string
  readonly description: string
  readonly repeatable?: true
  readonly choices?: readonly string[]
}

const connection: readonly SharedOption[] = [
  { flags: '--profile <name>', description: 'use this profile and nothing else (beats keys in the environment)' },
  { flags: '--region <name>', description: 'the region to sign for' },
  { flags: '--endpoint-url <url>', description: "send the command's own requests here" },
  { flags: '--credentials <file>', description: 'read credential_process JSON from a file, or - for stdin' },
  { flags: '--no-sign-request', description: 'do not sign (anonymous)' },
  { flags: '--no-cache', description: 'neither read nor keep temporary credentials' },
  { flags: '--debug', description: 'say on stderr what is done and why' },
  { flags: '--color <when>', description: 'colour the text', choices: ['auto', 'always', 'never'] },
  { flags: '--ca-bundle <file>', description: 'trust these certificate authorities (PEM; AWS_CA_BUNDLE)' },
  { flags: '--no-verify-ssl', description: "do not check the server's certificate" },
]

const timeouts: readonly SharedOption[] = [
  { flags: '--connect-timeout <seconds>', description: 'give up connecting after this long (default: 60)' },
  { flags: '--read-timeout <seconds>', description: 'give up when nothing arrives for this long (default: 60)' },
]

const role: readonly SharedOption[] = [
  { flags: '--role-arn <arn>', description: 'assume this IAM role first (repeat it for a chain)', repeatable: true },
  {
    flags: '--external-id <id>',
    description: 'external ID (once: for the last role; or one per role)',
    repeatable: true,
  },
  { flags: '--session-name <name>', description: 'role session name (default: sigv4-USER)' },
  { flags: '--duration <time>', description: 'how long the last session lasts, in seconds or as 15m, 1h' },
  { flags: '--mfa-serial <arn>', description: 'MFA device for the first role' },
  { flags: '--mfa-code <code>', description: "the device's current code (asked for on a terminal otherwise)" },
  { flags: '--policy <json>', description: 'session policy for the last role, JSON or @FILE' },
  { flags: '--policy-arn <arn>', description: 'managed session policy for the last role', repeatable: true },
  { flags: '--tag <key=value>', description: 'session tag for the first role', repeatable: true },
  { flags: '--transitive-tag <key>', description: 'pass this session tag down the chain', repeatable: true },
  { flags: '--source-identity <name>', description: 'source identity for the first role' },
]

/** curl has its own timeouts (`--connect-timeout`, `-m`). */
export type SharedOptionSet = 'all' | 'without-timeouts'

/** Declares the options that all commands with credentials share. */
export function addSharedOptions(command: Command, set: SharedOptionSet = 'all'): Command {
  const connectionOptions = set === 'all' ? [...connection, ...timeouts] : connection
  command.optionsGroup('Connection and identity:')
  for (const option of connectionOptions) addSharedOption(command, option)
  command.optionsGroup('IAM role:')
  for (const option of role) addSharedOption(command, option)
  return command.optionsGroup('')
}

/** Whether the word is a shared option whose value is the next word: `program.ts` looks for the command's name behind it. */
export function takesSharedValue(word: string): boolean {
  return [...connection, ...timeouts, ...role].some(({ flags }) => flags.startsWith(`${word} <`))
}

/** What commander makes of the shared options. */
export interface SharedValues {
  readonly profile?: string
  readonly region?: string
  readonly endpointUrl?: string
  readonly credentials?: string
  readonly signRequest: boolean
  readonly cache: boolean
  readonly debug?: true
  readonly color?: ColorMode
  readonly caBundle?: string
  readonly verifySsl: boolean
  readonly connectTimeout?: string
  readonly readTimeout?: string
  readonly roleArn?: readonly string[]
  readonly externalId?: readonly string[]
  readonly sessionName?: string
  readonly duration?: string
  readonly mfaSerial?: string
  readonly mfaCode?: string
  readonly policy?: string
  readonly policyArn?: readonly string[]
  readonly tag?: readonly string[]
  readonly transitiveTag?: readonly string[]
  readonly sourceIdentity?: string
}

/**
 * Identity, region and endpoint as the options ask for them.
 * @throws CliError (usage) for a value that cannot be; (failure) for an unreadable `--policy @FILE`.
 */
export async function parseCredentialOptions(values: SharedValues): Promise<CredentialOptions> {
  return {
    profile: nonEmpty(values.profile, '--profile'),
    region: nonEmpty(values.region, '--region'),
    endpointUrl: values.endpointUrl,
    credentialsFile: values.credentials,
    signing: values.signRequest ? 'signed' : 'none',
    cache: values.cache ? 'use' : 'skip',
    role: {
      roleArns: values.roleArn ?? [],
      externalIds: values.externalId ?? [],
      sessionName: values.sessionName,
      durationSeconds: values.duration === undefined ? undefined : parseDurationSeconds(values.duration, '--duration'),
      mfaSerial: values.mfaSerial,
      mfaCode: values.mfaCode,
      policy: await policyText(values.policy),
      policyArns: values.policyArn ?? [],
      tags: (values.tag ?? []).map(parseTag),
      transitiveTags: values.transitiveTag ?? [],
      sourceIdentity: values.sourceIdentity,
    },
    connection: parseConnectionOptions(values),
    diagnostics: values.debug ? 'verbose' : 'quiet',
  }
}

/** @throws CliError (failure) for an unreadable certificate bundle, (usage) for a time that is none. */
export async function parseTransportOptions(values: SharedValues, context: Context): Promise<TransportOptions> {
  return transportOptions(parseConnectionOptions(values), context)
}

function parseConnectionOptions(values: SharedValues): ConnectionOptions {
  return {
    caBundle: values.caBundle,
    tlsVerification: values.verifySsl ? 'required' : 'off',
    connectTimeoutMs: timeoutMs(values.connectTimeout, '--connect-timeout'),
    readTimeoutMs: timeoutMs(values.readTimeout, '--read-timeout'),
  }
}

function addSharedOption(command: Command, { flags, description, repeatable, choices }: SharedOption): void {
  if (choices) addChoice(command, flags, { description, choices })
  else if (repeatable) command.option(flags, description, collect)
  else command.option(flags, description)
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

function nonEmpty(value: string | undefined, option: string): string | undefined {
  if (value === '') throw usageError(`${option} is empty`, 'give a value, or leave it out')
  return value
}

function timeoutMs(value: string | undefined, option: string): number {
  if (value === undefined) return 60_000
  const seconds = Number(value)
  if (!/^\d+(\.\d+)?$/.test(value) || seconds > 86_400)
    throw usageError(
      `${option} '${value}' is not a number of seconds`,
      'write 30 or 0.5, at most 86400; 0 waits without end',
    )
  // 0 waits without end, as in the AWS CLI.
  return seconds * 1000
}

function parseTag(text: string): { key: string; value: string } {
  const equals = text.indexOf('=')
  if (equals < 1) throw usageError(`--tag '${text}' is not KEY=VALUE`, 'write --tag Project=Blue, for instance')
  return { key: text.slice(0, equals), value: text.slice(equals + 1) }
}

async function policyText(value: string | undefined): Promise<string | undefined> {
  const text = value?.startsWith('@') ? await readTextFile(value.slice(1), 'the policy') : value
  if (text === undefined) return undefined
  try {
    JSON.parse(text)
  } catch (error) {
    throw usageError(
      `--policy is not JSON: ${error instanceof Error ? error.message : error}`,
      'give JSON text, or @FILE',
    )
  }
  return text
}

async function readTextFile(path: string, what: string): Promise<string> {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw failure(`cannot read ${what} '${path}'`, 'check the path and its permissions', error)
  }
}
