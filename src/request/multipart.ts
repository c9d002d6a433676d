import path from 'node:path'
import { type Body, bytesBody, concatenatedBody } from './body.ts'
import { readAll } from './body-source.ts'
import type { OpenFile } from './curl-data.ts'
import type { FormContent, FormField } from './multipart-words.ts'

export interface MultipartForm {
  readonly body: Body
  /** `multipart/form-data; boundary=...` */
  readonly contentType: string
}

export interface MultipartOptions {
  readonly openFile: OpenFile
  /** Makes a boundary no body holds. */
  readonly newBoundary: () => string
  /** `multipart/form-data`, or in its place what the user's header says; without a boundary. */
  readonly contentType: string
}

/** curl's own list, by the file name's ending. */
const contentTypesByExtension: Readonly<Record<string, string>> = {
  '.gif': 'image/gif',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.pdf': 'application/pdf',
  '.xml': 'application/xml',
}

/** A `multipart/form-data` body as curl writes it (RFC 7578); files are read while it is sent. */
export async function multipartForm(fields: readonly FormField[], options: MultipartOptions): Promise<MultipartForm> {
  const boundary = options.newBoundary()
  const parts: Part[] = []
  for (const field of fields) parts.push(await fieldPart(field, options))
  return { body: enclose(parts, boundary), contentType: `${options.contentType}; boundary=${boundary}` }
}

/** curl's boundaries: 24 dashes and 16 hex digits. */
export function curlBoundary(random: () => number): string {
  const digit = () => Math.floor(random() * 16).toString(16)
  return `${'-'.repeat(24)}${Array.from({ length: 16 }, digit).join('')}`
}

interface Part {
  readonly headers: readonly string[]
  readonly body: Body
}

async function fieldPart(field: FormField, options: MultipartOptions): Promise<Part> {
  const kind = /^multipart\/form-data\b/i.test(options.contentType) ? 'form-data' : 'attachment'
  const disposition = field.name === '' ? kind : `${kind}; name="${escapeName(field.name)}"`
  const [first, ...others] = field.contents
  if (first && others.length === 0) return contentPart(first, disposition, options)
  const boundary = options.newBoundary()
  const parts: Part[] = []
  for (const content of field.contents) parts.push(await contentPart(content, 'attachment', options))
  return {
    headers: [`Content-Disposition: ${disposition}`, `Content-Type: multipart/mixed; boundary=${boundary}`],
    body: enclose(parts, boundary),
  }
}

async function contentPart(content: FormContent, disposition: string, { openFile }: MultipartOptions): Promise<Part> {
  const filename = content.filename ?? (content.kind === 'attached' ? path.basename(content.text) : undefined)
  // What is read from stdin has only the name `-`, which tells nothing.
  const fallback = content.kind === 'attached' && content.text !== '-' ? 'application/octet-stream' : undefined
  const contentType = content.contentType ?? guessedType(filename ?? '') ?? guessedType(fileOf(content)) ?? fallback
  const body =
    content.kind === 'literal' ? bytesBody(Buffer.from(content.text)) : await openFile(content.text, '--form')
  return {
    headers: [
      `Content-Disposition: ${disposition}${filename === undefined ? '' : `; filename="${escapeName(filename)}"`}`,
      ...(contentType === undefined ? [] : [`Content-Type: ${contentType}`]),
      ...(await furtherHeaders(content, openFile)),
    ],
    body,
  }
}

/** The file's own name, which tells what it is where the name to send does not. */
function fileOf({ kind, text }: FormContent): string {
  return kind === 'attached' ? text : ''
}

async function furtherHeaders(content: FormContent, openFile: OpenFile): Promise<readonly string[]> {
  const lines: string[] = []
  for (const text of content.headers) {
    if (!/^[@<]/.test(text)) lines.push(text)
    else lines.push(...(await readAll(await openFile(text.slice(1), '--form'))).toString().split(/\r?\n/))
  }
  return lines.filter((line) => line.trim() !== '' && !line.startsWith('#'))
}

function enclose(parts: readonly Part[], boundary: string): Body {
  const pieces = parts.flatMap((part, index) => [
    bytesBody(Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${part.headers.join('\r\n')}\r\n\r\n`)),
    part.body,
  ])
  return concatenatedBody([...pieces, bytesBody(Buffer.from(`${parts.length === 0 ? '' : '\r\n'}--${boundary}--\r\n`))])
}

function escapeName(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function guessedType(filename: string): string | undefined {
  return contentTypesByExtension[path.extname(filename).toLowerCase()]
}
