import { usageError } from '../errors.ts'
import type { IdentityPlan, RoleHop, WebIdentitySource } from './identity-plan.ts'
import type { RoleOptions } from './options.ts'

/**
 * The plan with what the flags add: roles after the profile's own, and settings. By the contract `--mfa-*`, tags and
 * source identity go to the first role that flags name, policies and duration to the last, the session name to all, an
 * external ID alone to the last. Where flags name no role, the profile's last role stands for both.
 * @throws CliError (usage) for settings without a role to apply them to
 */
export function withRoleOptions(plan: IdentityPlan, options: RoleOptions): IdentityPlan {
  const named = namedHops(options)
  const hops = [...plan.hops, ...named]
  if (hops.length === 0) return withoutRoles(plan, options)
  const first = named.length > 0 ? plan.hops.length : hops.length - 1
  const mfa = options.mfaCode === undefined ? -1 : mfaHop(hops, options, first)
  return {
    base: plan.base,
    hops: hops.map((hop, index) => ({
      ...hop,
      // A profile's own role keeps its own name.
      sessionName: index < first ? (hop.sessionName ?? options.sessionName) : (options.sessionName ?? hop.sessionName),
      ...(index === first ? firstHopSettings(options) : {}),
      ...(index === hops.length - 1 ? lastHopSettings(options) : {}),
      ...(index === mfa ? { mfaCode: options.mfaCode } : {}),
    })),
  }
}

function namedHops({ roleArns, externalIds }: RoleOptions): readonly RoleHop[] {
  const onePerRole = externalIds.length > 1
  if (onePerRole && externalIds.length !== roleArns.length) {
    throw usageError(
      `${externalIds.length} external IDs for ${roleArns.length} ${roleArns.length === 1 ? 'role' : 'roles'}`,
      "give --external-id once for the last role, or once per role ('' for none)",
    )
  }
  return roleArns.map((roleArn, index) => ({
    roleArn,
    origin: 'the command line',
    ...(onePerRole && externalIds[index] ? { externalId: externalIds[index] } : {}),
  }))
}

function firstHopSettings({ mfaSerial, tags, transitiveTags, sourceIdentity }: RoleOptions): Partial<RoleHop> {
  return {
    ...(mfaSerial === undefined ? {} : { mfaSerial }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(transitiveTags.length === 0 ? {} : { transitiveTags }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  }
}

function lastHopSettings(options: RoleOptions): Partial<RoleHop> {
  const [externalId, ...more] = options.externalIds
  return { ...sessionLimits(options), ...(externalId && more.length === 0 ? { externalId } : {}) }
}

function sessionLimits({
  policy,
  policyArns,
  durationSeconds,
}: RoleOptions): Partial<RoleHop> & Partial<WebIdentitySource> {
  return {
    ...(policy === undefined ? {} : { policy }),
    ...(policyArns.length === 0 ? {} : { policyArns }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  }
}

/** The code belongs to the device: the first role's by flag, else the one that the profile names. */
function mfaHop(hops: readonly RoleHop[], options: RoleOptions, first: number): number {
  const index = options.mfaSerial === undefined ? hops.findIndex((hop) => hop.mfaSerial !== undefined) : first
  if (index >= 0) return index
  throw usageError(
    '--mfa-code without a device',
    'name the device with --mfa-serial, or in the profile with mfa_serial',
  )
}

/** A web identity is a role as well, but takes only limits; anything else has nothing to apply to. */
function withoutRoles(plan: IdentityPlan, options: RoleOptions): IdentityPlan {
  const given = givenFlags(options)
  if (plan.base.kind === 'web-identity') {
    const limits = new Set(['--duration', '--policy', '--policy-arn', '--session-name'])
    const other = given.find((flag) => !limits.has(flag))
    if (other === undefined) {
      const sessionName = options.sessionName ?? plan.base.sessionName
      return { ...plan, base: { ...plan.base, ...sessionLimits(options), sessionName } }
    }
    throw usageError(`${other} is not for web identities`, 'name a role to assume from it with --role-arn')
  }
  if (given.length === 0) return plan
  throw usageError(`${given[0]} without a role`, 'name the role with --role-arn, or a profile that has role_arn')
}

function givenFlags(options: RoleOptions): readonly string[] {
  const flags: readonly [string, boolean][] = [
    ['--external-id', options.externalIds.length > 0],
    ['--session-name', options.sessionName !== undefined],
    ['--duration', options.durationSeconds !== undefined],
    ['--mfa-serial', options.mfaSerial !== undefined],
    ['--mfa-code', options.mfaCode !== undefined],
    ['--policy', options.policy !== undefined],
    ['--policy-arn', options.policyArns.length > 0],
    ['--tag', options.tags.length > 0],
    ['--transitive-tag', options.transitiveTags.length > 0],
    ['--source-identity', options.sourceIdentity !== undefined],
  ]
  return flags.flatMap(([flag, given]) => (given ? [flag] : []))
}

/**
 * STS's own rules for names (API reference, AssumeRole), said before anything is asked of anybody.
 * @throws CliError (usage) for values that no role can have
 */
export function checkRoleValues(options: RoleOptions, isProfile: (name: string) => boolean): void {
  const { roleArns, sessionName, sourceIdentity, mfaCode } = options
  for (const arn of roleArns) {
    if (/^arn:[\w-]+:[\w-]+:[\w-]*:\w*:[\x21-\x7e]+$/.test(arn) && !isOtherIdentity.test(arn)) continue
    throw usageError(`'${arn}' is not a role ARN`, roleArnHint(arn, isProfile))
  }
  for (const [flag, name] of [
    ['--session-name', sessionName],
    ['--source-identity', sourceIdentity],
  ] as const) {
    if (name !== undefined && !/^[\w+=,.@-]{2,64}$/.test(name)) {
      throw usageError(`${flag} '${name}' is no such name`, 'use 2 to 64 of A-Z a-z 0-9 _ + = , . @ -')
    }
  }
  if (mfaCode !== undefined && !/^\d{6}$/.test(mfaCode)) {
    throw usageError('--mfa-code is not six digits', 'give the six digits that the device shows now')
  }
}

/** AWS's own ARNs of users, groups and sessions; what other makers of STS call a role is theirs to say. */
const isOtherIdentity = /^arn:aws[\w-]*:(?:iam|sts)::\d{12}:(?!role\/)/

function roleArnHint(arn: string, isProfile: (name: string) => boolean): string {
  const session = /^arn:(aws[\w-]*):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn)
  if (session) return `it is a session of a role: write arn:${session[1]}:iam::${session[2]}:role/${session[3]}`
  return isProfile(arn)
    ? `to take the profile of that name, write --profile ${arn}`
    : 'write arn:aws:iam::ACCOUNT:role/NAME'
}
