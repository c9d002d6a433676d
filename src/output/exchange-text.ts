import { shortenToken } from '../credentials/secret.ts'
import type { Header } from '../request/header.ts'
import { escapeForTerminal } from './escape.ts'

/**
 * A request's head as `-v` shows it: `> ` before each line. Session token and signature are shortened, passwords,
 * cookies and customers' keys are left out.
 */
export function formatRequestHead(requestLine: string, headers: readonly Header[]): string {
  const lines = [
    shownTarget(requestLine),
    ...headers.map(({ name, value }) => `${name}: ${shownValue(name, value)}`.trimEnd()),
    '',
  ]
  return lines.map((line) => `> ${escapeForTerminal(line)}\n`).join('')
}

/** An answer's head as `-v` shows it: `< ` before each line. */
export function formatResponseHead(statusLine: string, headers: readonly Header[]): string {
  const lines = [statusLine, ...headers.map(({ name, value }) => `${name}: ${shownValue(name, value)}`.trimEnd()), '']
  return lines.map((line) => `< ${escapeForTerminal(line)}\n`).join('')
}

/** A URL or request line with its token and signature shortened, and without a password. */
export function shownTarget(text: string): string {
  return text
    .replace(
      /([?&]X-Amz-(?:Security-Token|Signature)=)([^&#\s]*)/gi,
      (_, name, value) => `${name}${shortenToken(value)}`,
    )
    .replace(/(\/\/[^/?#\s@:]*:)[^/?#\s]*@/g, '$1(redacted)@')
}

function shownValue(name: string, value: string): string {
  switch (name.toLowerCase()) {
    case 'authorization':
      return /^AWS4-/.test(value)
        ? value.replace(/(Signature=)([^,\s]*)/, (_, label, signature) => `${label}${shortenToken(signature)}`)
        : redactCredentials(value)
    case 'x-amz-security-token':
    case 'x-amz-s3session-token':
      return shortenToken(value)
    case 'proxy-authorization':
      return redactCredentials(value)
    case 'cookie':
      return value.replace(/=[^;]*/g, '=(redacted)')
    case 'set-cookie':
      return value.replace(/=[^;]*/, '=(redacted)')
    default:
      return /customer-key$/i.test(name) ? '(redacted)' : shownTarget(value)
  }
}

/** `Basic (redacted)`: the scheme says what was sent, the rest is the secret. */
function redactCredentials(value: string): string {
  const scheme = /^([A-Za-z][\w-]*)\s+\S/.exec(value)?.[1]
  return scheme === undefined ? '(redacted)' : `${scheme} (redacted)`
}
