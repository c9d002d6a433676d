import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleKeys } from './run.ts'

/** A file for `--credentials`, in a folder of its own, that can be written anew while a command runs. */
export function createCredentialsFile() {
  const folder = mkdtempSync(join(tmpdir(), 'sigv4-credentials-'))
  const path = join(folder, 'credentials.json')
  return {
    path,
    /** @param end when the credentials expire, in ISO 8601 */
    write(accessKeyId: string, end: string): void {
      const document = {
        Version: 1,
        AccessKeyId: accessKeyId,
        SecretAccessKey: exampleKeys.AWS_SECRET_ACCESS_KEY,
        SessionToken: 'token',
        Expiration: end,
      }
      writeFileSync(path, JSON.stringify(document))
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}
