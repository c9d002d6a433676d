import path from 'node:path'
import type { Context } from '../../context.ts'
import { defaultApiVersion, jsonContentType } from '../../request/aws-protocols.ts'
import { type Body, bytesBody } from '../../request/body.ts'
import { readAll } from '../../request/body-source.ts'
import type { NamedValue } from '../../request/curl-arguments.ts'
import { joinData, urlEncoded } from '../../request/curl-data.ts'
import type { RequestKind } from '../../request/curl-headers.ts'
import { type Header, headerValue } from '../../request/header.ts'
import { inferScope } from '../../request/infer-scope.ts'
import { curlBoundary, multipartForm } from '../../request/multipart.ts'
import type { CurlOptions } from '../curl.ts'
import type { DescribedTarget } from '../s3-target.ts'
import type { CurlInputs } from './inputs.ts'

/** What goes into a request, from whichever options say so. */
export interface RequestContent {
  readonly kind: RequestKind
  readonly body: Body | undefined
  /** What the body is, where the user does not say. */
  readonly contentType: string | undefined
  /** Headers that an option stands for. */
  readonly headers: readonly Header[]
  /** Parts to add to the query, encoded. */
  readonly query: readonly string[]
  /** Of `-T FILE`. */
  readonly fileName: string | undefined
  /** curl asks `Expect: 100-continue` for every upload, for other bodies from 1 MiB on. */
  readonly expectFrom: number
}

const formType = 'application/x-www-form-urlencoded'

/** `--json` stands for these. */
const jsonHeaders: readonly Header[] = [
  { name: 'Content-Type', value: 'application/json' },
  { name: 'Accept', value: 'application/json' },
]

interface ContentInput {
  readonly options: CurlOptions
  /** The URL's place on the command line. */
  readonly number: number
  readonly target: DescribedTarget
  readonly inputs: CurlInputs
  readonly context: Context
}

/** @throws TransferError (26) for files that cannot be read */
export async function contentOf(input: ContentInput): Promise<RequestContent> {
  const { options } = input
  const content = await ownContent(input)
  const urlQuery: string[] = []
  for (const piece of options.request.urlQuery) {
    if (piece.value.startsWith('+')) urlQuery.push(piece.value.slice(1))
    else urlQuery.push((await readAll(await urlEncoded(piece, openerFor(input)))).toString())
  }
  const added = urlQuery.join('&')
  return added === '' ? content : { ...content, query: [...content.query, added] }
}

const nothing: RequestContent = {
  kind: 'GET',
  body: undefined,
  contentType: undefined,
  headers: [],
  query: [],
  fileName: undefined,
  expectFrom: 1_048_577,
}

async function ownContent(input: ContentInput): Promise<RequestContent> {
  const { options, inputs, number, context } = input
  const { content, aws } = options.request
  if (aws.target !== undefined) return targetContent(aws.target, input)
  if (aws.action !== undefined || content.kind === 'data') return dataContent(input)
  if (content.kind === 'form') {
    const form = await multipartForm(content.fields, {
      openFile: openerFor(input),
      newBoundary: () => curlBoundary(context.random),
      contentType: headerValue((await inputs.custom()).lines, 'content-type') || 'multipart/form-data',
    })
    return { ...nothing, kind: 'POST', body: form.body, contentType: form.contentType }
  }
  const file = content.kind === 'upload' ? content.files[number] : undefined
  if (file === undefined || file === '') return nothing
  const fromStdin = file === '-' || file === '.'
  const body = await inputs.open(fromStdin ? '-' : file, '--upload-file')
  return { ...nothing, kind: 'PUT', body, fileName: fromStdin ? undefined : path.basename(file), expectFrom: 1 }
}

async function dataContent(input: ContentInput): Promise<RequestContent> {
  const { options } = input
  const { content } = options.request
  const given = content.kind === 'data' ? content : undefined
  const pieces = [...actionPieces(input), ...(given?.pieces ?? [])]
  const body = await joinData(pieces, openerFor(input))
  const headers = given?.json ? jsonHeaders : []
  if (given?.inQuery) return { ...nothing, headers, query: [(await readAll(body)).toString()] }
  return { ...nothing, kind: 'POST', body, contentType: formType, headers }
}

/** `Action=...&Version=...` in front of the data. @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonParameters.html */
function actionPieces({ options, target }: ContentInput): readonly NamedValue[] {
  const { action } = options.request.aws
  if (action === undefined) return []
  const service = target.service?.value ?? inferScope(target.url.host, target.url.path).service?.value
  const version = action.version ?? (service === undefined ? undefined : defaultApiVersion(service))
  const text = `Action=${action.name}${version === undefined ? '' : `&Version=${version}`}`
  return [{ name: 'data-raw', value: text }]
}

async function targetContent(target: string, input: ContentInput): Promise<RequestContent> {
  const { content } = input.options.request
  const body = content.kind === 'data' ? await joinData(content.pieces, openerFor(input)) : bytesBody(Buffer.from('{}'))
  return {
    ...nothing,
    kind: 'POST',
    body,
    contentType: jsonContentType(target),
    headers: [{ name: 'X-Amz-Target', value: target }],
  }
}

function openerFor({ inputs, number }: ContentInput): CurlInputs['open'] {
  return (name, option) => inputs.openWhole(name, { option, urlNumber: number })
}
