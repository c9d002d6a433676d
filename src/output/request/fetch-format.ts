import { failure } from '../../errors.ts'
import { type Header, headerValue } from '../../request/header.ts'
import { bodyText, hasBody, headersToPass, type PrintableRequest } from './printable-request.ts'

/**
 * A JavaScript module for Node's `fetch`.
 * @throws CliError (failure) where fetch would send something else
 */
export function formatFetch(request: PrintableRequest): string {
  rejectWhatFetchChanges(request)
  const { method, url, bodyFile } = request
  const headers = joinedHeaders(headersToPass(request))
  const lines = [
    ...(bodyFile ? ["import { openAsBlob } from 'node:fs'", ''] : []),
    `const response = await fetch(${JSON.stringify(url)}, {`,
    `  method: ${JSON.stringify(method)},`,
    `  headers: [`,
    ...headers.map(({ name, value }) => `    [${JSON.stringify(name)}, ${latin1Literal(value)}],`),
    `  ],`,
    ...bodyMember(request),
    // Followed, a redirect would be sent with a signature that is not its own.
    `  redirect: 'manual',`,
    `})`,
    `console.log(response.status, await response.text())`,
  ]
  return `${lines.join('\n')}\n`
}

/** Methods that fetch writes in upper case, and those that it refuses: https://fetch.spec.whatwg.org/#methods. */
const upperCaseMethods = /^(DELETE|GET|HEAD|OPTIONS|POST|PUT)$/i
const refusedMethods = /^(CONNECT|TRACE|TRACK)$/i
/** Headers that Node's fetch refuses, or leaves out. */
const refusedHeaders = /^(connection|expect|host|keep-alive|transfer-encoding|upgrade)$/i
const controls = /[\x00-\x08\x0a-\x1f\x7f]/

function rejectWhatFetchChanges(request: PrintableRequest): void {
  const { method, url } = request
  // The one thing the URL class is good for here: it tells what fetch would make of the URL.
  if (new URL(url).href !== url) throw failure(`fetch would change the URL ${url}`, otherFormats)
  if (upperCaseMethods.test(method) && method !== method.toUpperCase()) {
    throw failure(`fetch would change the method ${method}`, otherFormats)
  }
  if (refusedMethods.test(method)) throw failure(`fetch refuses the method ${method}`, otherFormats)
  if (hasBody(request) && (method === 'GET' || method === 'HEAD')) {
    throw failure(`fetch sends no body with ${method}`, otherFormats)
  }
  const refused = headersToPass(request).find(({ name, value }) => refusedHeaders.test(name) || controls.test(value))
  if (refused) throw failure(`fetch cannot be given the header ${refused.name}: ${refused.value}`, otherFormats)
}

const otherFormats = 'use --format curl, http or python, which send it as it is'

/** fetch joins repeated headers by a comma and a blank; they were signed joined by a comma. */
function joinedHeaders(headers: readonly Header[]): readonly Header[] {
  const joined = new Map<string, Header>()
  for (const { name, value } of headers) {
    const before = joined.get(name.toLowerCase())
    joined.set(name.toLowerCase(), before ? { name: before.name, value: `${before.value},${value}` } : { name, value })
  }
  return [...joined.values()]
}

/** fetch takes header values as latin1: UTF-8 bytes are given as such. */
function latin1Literal(value: string): string {
  return JSON.stringify(Buffer.from(value).toString('latin1')).replace(
    /[\x7f-\xff]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  )
}

/** Bytes, not text, where no type is given: fetch would name text `text/plain`. */
function bodyMember({ body, bodyFile, headers }: PrintableRequest): readonly string[] {
  if (bodyFile) return [`  body: await openAsBlob(${JSON.stringify(bodyFile.path)}),`]
  if (!body) return []
  const text = bodyText(body)
  if (text === undefined) {
    return [`  body: Buffer.from(${JSON.stringify(Buffer.from(body).toString('base64'))}, 'base64'),`]
  }
  const typed = headerValue(headers, 'content-type') !== undefined
  return [typed ? `  body: ${JSON.stringify(text)},` : `  body: Buffer.from(${JSON.stringify(text)}),`]
}
