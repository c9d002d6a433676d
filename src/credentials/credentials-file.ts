import { readFile } from 'node:fs/promises'
import type { Context } from '../context.ts'
import { credentialsError, systemCodeNote, usageError } from '../errors.ts'
import { parseCredentialJson, UnusableCredentialJson } from './credential-json.ts'
import type { Credentials } from './credentials.ts'
import { rejectExpired } from './expiry.ts'
import type { CredentialOptions } from './options.ts'

/**
 * `--credentials FILE`: credentials in the form of credential_process, from a file or, for `-`, stdin.
 * @throws CliError (usage) with `--profile`, which names another identity; (credentials) where the file gives none
 */
export async function credentialsOfFile(
  path: string,
  { profile }: CredentialOptions,
  context: Context,
): Promise<Credentials> {
  if (profile !== undefined) {
    throw usageError(`--credentials and --profile '${profile}' name two identities`, 'give one of them')
  }
  const description = path === '-' ? 'stdin (--credentials -)' : `${path} (--credentials)`
  try {
    const credentials = parseCredentialJson(await contentOf(path, context))
    rejectExpired(credentials.expiration, description, context)
    return { ...credentials, source: { kind: 'file', description } }
  } catch (error) {
    if (!(error instanceof UnusableCredentialJson)) throw error
    throw credentialsError(
      `${description} ${error.message}`,
      'it is to hold {"Version": 1, "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}, as a credential_process prints it',
    )
  }
}

const fromStdin = new WeakMap<Context, Promise<string>>()

function contentOf(path: string, context: Context): Promise<string> {
  if (path !== '-') return readNamed(path)
  // Kept, because stdin can be taken once and credentials may be asked for again.
  const content = fromStdin.get(context) ?? readStdin(context)
  fromStdin.set(context, content)
  return content
}

async function readStdin(context: Context): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of context.stdin.chunks()) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function readNamed(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw credentialsError(
      `cannot read '${path}' for --credentials${systemCodeNote(error)}`,
      'check the path and its permissions',
    )
  }
}
