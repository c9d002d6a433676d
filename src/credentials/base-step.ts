import type { Context } from '../context.ts'
import { cachedStep, digest, heldStep, type Step } from './credential-step.ts'
import type { BaseSource, WebIdentitySource } from './identity-plan.ts'
import { stsConnection, type Work } from './obtaining-work.ts'
import { defaultSessionName } from './session-name.ts'
import { describeProcess, describeSso, describeWebIdentity } from './source-description.ts'
import { readSsoToken, readWebIdentityToken } from './token-files.ts'

/**
 * The step of what a plan begins with. Container, instance and login session are asked at once, all else when it is needed.
 * @throws CliError of the source that gave nothing
 */
export async function baseStep(base: BaseSource, work: Work): Promise<Step> {
  const { context } = work
  switch (base.kind) {
    case 'keys':
      return heldStep(base.credentials)
    case 'container':
    case 'instance-metadata': {
      const { containerCredentials, instanceCredentials } = await import('./sdk-sources.ts')
      const credentials = await (base.kind === 'container'
        ? containerCredentials(base, context)
        : instanceCredentials(base, context))
      return heldStep(credentials)
    }
    case 'login': {
      const { loginCredentials } = await import('./sdk-sources.ts')
      const step = heldStep(await loginCredentials(base, await work.transport(), context))
      return { ...step, isRole: base.session.includes(':assumed-role/') }
    }
    case 'process': {
      const { processCredentials, rejectItsOwnChild } = await import('./process-source.ts')
      rejectItsOwnChild(base, context)
      return cachedStep(work, {
        dependsOn: ['process', base.profile, base.command, variablesOf(base.command, context)],
        source: describeProcess(base),
        isRole: false,
        obtain: () => processCredentials(base, context),
      })
    }
    case 'sso': {
      const token = readSsoToken(base, context)
      return cachedStep(work, {
        // Bound to the sign-in: after 'aws sso logout', or as somebody else, nothing kept is used.
        dependsOn:
          token === undefined ? undefined : ['sso', base.startUrl, base.accountId, base.roleName, digest([token])],
        source: describeSso(base),
        isRole: true,
        obtain: async () => (await import('./sdk-sources.ts')).ssoCredentials(base, await work.transport(), context),
      })
    }
    case 'web-identity':
      return webIdentityStep(base, work)
  }
}

async function webIdentityStep(base: WebIdentitySource, work: Work): Promise<Step> {
  const { context } = work
  const token = readWebIdentityToken(base)
  const request = { ...base, sessionName: base.sessionName ?? defaultSessionName(context) }
  const { url, region } = await work.endpoint()
  const { policy, policyArns, durationSeconds, roleArn, sessionName } = request
  return cachedStep(work, {
    dependsOn: [
      'web-identity',
      url,
      region,
      digest([token]),
      roleArn,
      sessionName,
      { policy, policyArns, durationSeconds },
    ],
    source: describeWebIdentity(base),
    isRole: true,
    obtain: async () => {
      const { assumeRoleWithWebIdentity } = await import('./assume-role.ts')
      return assumeRoleWithWebIdentity(request, token, await stsConnection(work))
    },
  })
}

/** A process that names a variable, or reads other files of profiles, is another one when that changes. */
function variablesOf(command: string, { env }: Context): readonly unknown[] {
  const named = [...command.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => env[name] ?? null)
  return [env.AWS_CONFIG_FILE ?? null, env.AWS_SHARED_CREDENTIALS_FILE ?? null, ...named]
}
