/** Canonical requests and strings to sign as other programs print them: signers in debug logs, services in refusals. */

const payloadLine = /^([0-9a-fA-F]{64}|UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)/
const methodEnd = /(?:^|[^A-Za-z])(GET|PUT|POST|HEAD|DELETE|PATCH|OPTIONS)$/
/** More lines than this have no canonical request. */
const mostLines = 200

/**
 * Every canonical request in a text, in its order: a line that ends in a method, a line that begins with `/`, and so on
 * to the payload hash. Escaped line feeds (`\n`, in JSON and in quoted logs) count as such.
 */
export function findCanonicalRequests(text: string): readonly string[] {
  const lines = linesOf(text)
  const found: string[] = []
  for (let index = 0; index + 4 < lines.length; index++) {
    const method = methodEnd.exec(lines[index] ?? '')?.[1]
    const path = lines[index + 1] ?? ''
    if (method === undefined || !/^(?:\/|%2F|\S*$)/.test(path) || / HTTP\/\d/.test(path)) continue
    const length = lines.slice(index, index + mostLines).findIndex((line, at) => at > 3 && payloadLine.test(line))
    if (length < 0 || !hasHeaderLine(lines.slice(index + 2, index + length))) continue
    const hash = payloadLine.exec(lines[index + length] ?? '')?.[1] ?? ''
    found.push([method, ...lines.slice(index + 1, index + length), hash].join('\n'))
    index += length
  }
  return found
}

/** Every string to sign in a text, in its order. */
export function findStringsToSign(text: string): readonly string[] {
  const pattern = /(AWS4-(?:HMAC|ECDSA-P256)-SHA256)\n([0-9TZ:-]+)\n(\d[^\s'"]*aws4_request)\n([0-9a-fA-F]{64})/g
  return [...linesOf(text).join('\n').matchAll(pattern)].map((match) => match.slice(1, 5).join('\n'))
}

/** The signature that a log names on a line of its own or behind the word. */
export function findSignature(text: string): string | undefined {
  return /[Ss]ignature(?: -|:|=)\s*([0-9a-f]{64})\b/.exec(linesOf(text).join('\n'))?.[1]
}

function linesOf(text: string): readonly string[] {
  const broken = text.includes('\\n') ? text.replaceAll('\\r\\n', '\n').replaceAll('\\n', '\n') : text
  return broken.split(/\r?\n/)
}

function hasHeaderLine(lines: readonly string[]): boolean {
  return lines.some((line) => /^[A-Za-z0-9-]+:/.test(line))
}
