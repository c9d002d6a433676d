import type { Context } from '../context.ts'
import { credentialsError } from '../errors.ts'
import { escapeForTerminal } from '../output/escape.ts'
import type { RoleHop } from './identity-plan.ts'

/**
 * The MFA code for a role, asked for on the terminal, wherever stdin and stdout go.
 * @throws CliError (credentials) where there is no terminal, or the answer is no code
 */
export async function askMfaCode({ mfaSerial, roleArn, origin }: RoleHop, context: Context): Promise<string> {
  const answer = await context.askTerminal(escapeForTerminal(`MFA code of ${mfaSerial} for ${roleArn}: `))
  if (answer === undefined) {
    throw credentialsError(
      `the role ${roleArn} (${origin}) wants an MFA code of ${mfaSerial}, and there is no terminal to ask for it`,
      'give it with --mfa-code',
    )
  }
  const code = answer.replace(/\s/g, '')
  if (/^\d{6}$/.test(code)) return code
  throw credentialsError(`the answer is no MFA code of ${mfaSerial}`, 'a code is six digits')
}
