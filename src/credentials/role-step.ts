import type { Context } from '../context.ts'
import { cachedStep, type Step } from './credential-step.ts'
import type { RoleHop } from './identity-plan.ts'
import { debug, note } from './notes.ts'
import { stsConnection, type Work } from './obtaining-work.ts'
import { defaultSessionName } from './session-name.ts'
import { describeRole } from './source-description.ts'

/** The step of a role assumed with the credentials of the step before, which are had only when the role is not kept. */
export async function roleStep(hop: RoleHop, from: Step, work: Work): Promise<Step> {
  const { options, context } = work
  const request = {
    ...hop,
    sessionName: hop.sessionName ?? defaultSessionName(context),
    durationSeconds: await allowedDuration(hop, from, context),
  }
  const { mfaCode, origin, profile, ...settings } = request
  const { url, region } = await work.endpoint()
  return cachedStep(work, {
    dependsOn: from.key === undefined ? undefined : ['role', from.key, url, region, settings],
    source: describeRole(hop, from.source),
    isRole: true,
    lock: mfaCode === undefined ? 'wait' : 'none',
    obtain: async () => {
      const credentials = await from.get()
      await debug(
        options,
        context,
        `assuming ${hop.roleArn} (${origin}) with ${credentials.accessKeyId} from ${credentials.source.description}`,
      )
      const code =
        hop.mfaSerial === undefined
          ? undefined
          : (mfaCode ?? (await (await import('./mfa.ts')).askMfaCode(hop, context)))
      const { assumeRole } = await import('./assume-role.ts')
      return assumeRole({ ...request, mfaCode: code }, credentials, await stsConnection(work))
    },
  })
}

const chainLimitSeconds = 3600

/** AWS refuses more than an hour for a role assumed from a role. */
async function allowedDuration(hop: RoleHop, from: Step, context: Context): Promise<number | undefined> {
  if (!from.isRole || (hop.durationSeconds ?? 0) <= chainLimitSeconds) return hop.durationSeconds
  await note(
    context,
    `${hop.roleArn} is assumed from another role and lasts an hour at most: ${hop.durationSeconds} s lowered to 3600 s`,
  )
  return chainLimitSeconds
}
