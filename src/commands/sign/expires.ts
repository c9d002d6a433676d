import { usageError } from '../../errors.ts'
import { parseDurationSeconds } from '../../request/duration.ts'

const maxExpiresInSeconds = 604_800

/**
 * @param where the option or member, for messages
 * @throws CliError (usage) beyond SigV4's seven days
 */
export function parseExpires(text: string, where: string): number {
  const seconds = parseDurationSeconds(text, where)
  if (seconds > maxExpiresInSeconds) {
    throw usageError(`${where} '${text}' is longer than 7 days (604800 s)`, 'presigned URLs live at most 7 days')
  }
  return seconds
}
