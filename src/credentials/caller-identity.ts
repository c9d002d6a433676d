import type { Context } from '../context.ts'
import { CliError, exitCodes } from '../errors.ts'
import { transportOptions } from '../http/connection-options.ts'
import { createTransport } from '../http/transport.ts'
import { childText } from '../s3/xml.ts'
import type { Credentials } from './credentials.ts'
import type { CredentialOptions } from './options.ts'
import { callSts, differenceSeconds } from './sts.ts'
import { stsEndpoint } from './sts-endpoint.ts'

/** What STS says about credentials; text from a stranger. */
export interface CallerIdentity {
  readonly account: string
  readonly arn: string
  readonly userId: string
  /** How far the service's clock is ahead of ours, in whole seconds; undefined where it did not say. */
  readonly clockDifferenceSeconds: number | undefined
}

/** GetCallerIdentity, which needs no permission. @throws as `callSts` */
export async function callerIdentity(
  credentials: Credentials,
  options: CredentialOptions,
  context: Context,
): Promise<CallerIdentity> {
  const endpoint = await stsEndpoint(options, context)
  const transport = createTransport(transportOptions(options.connection, context))
  try {
    const { result, serviceTime } = await callSts(
      {
        action: 'GetCallerIdentity',
        parameters: [],
        credentials,
        subject: `the identity of ${credentials.accessKeyId}`,
      },
      { endpoint, transport, now: context.now, signal: context.interrupt },
    )
    const text = (name: string): string => {
      const value = childText(result, name)
      if (value !== undefined) return value
      throw new CliError(`the answer of STS has no ${name}`, { exitCode: exitCodes.serviceFailure })
    }
    return {
      account: text('Account'),
      arn: text('Arn'),
      userId: text('UserId'),
      clockDifferenceSeconds: serviceTime && differenceSeconds(serviceTime, context.now()),
    }
  } finally {
    transport.close()
  }
}
