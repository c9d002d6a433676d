import type { Context } from '../context.ts'
import { baseStep } from './base-step.ts'
import type { Credentials } from './credentials.ts'
import type { IdentityPlan } from './identity-plan.ts'
import { createWork } from './obtaining-work.ts'
import type { CredentialOptions } from './options.ts'
import { roleStep } from './role-step.ts'

/**
 * Carries out a plan: the cache first, from the last role backwards, then whatever is missing.
 * @throws CliError of the source or the role that gave nothing
 */
export async function obtainCredentials(
  plan: IdentityPlan,
  options: CredentialOptions,
  context: Context,
): Promise<Credentials> {
  const work = createWork(options, context)
  try {
    let step = await baseStep(plan.base, work)
    for (const hop of plan.hops) step = await roleStep(hop, step, work)
    return await step.get()
  } finally {
    work.close()
  }
}
