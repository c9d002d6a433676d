/** An element as these services use them: attributes and namespaces carry nothing, so they are dropped. */
export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string
  /** All text directly inside, entities decoded, blanks kept. */
  readonly text: string
  readonly children: readonly XmlElement[]
}

/** A document that is no XML, is cut off, or uses what no such service sends (a document type, unknown entities). */
export class MalformedXml extends Error {
  override readonly name = 'MalformedXml'
}

/** A list page of 1000 keys of 1024 characters, each percent-encoded, has 3.5 million. */
const maxDocumentLength = 16_000_000

/**
 * Reads a whole document: errors, buckets, STS answers, and list pages that the scanner of `list-page.ts` leaves alone.
 * @returns the root element
 * @throws MalformedXml
 */
export async function parseXml(text: string): Promise<XmlElement> {
  const { parseXmlNodes } = await import('./xml-parser.ts')
  // A document type is the only door for entity bombs and external entities, and no AWS service writes one.
  if (text.length > maxDocumentLength)
    throw new MalformedXml(`the document has more than ${maxDocumentLength} characters`)
  if (text.includes('<!DOCTYPE')) throw new MalformedXml('the document has a document type')
  const [root, ...others] = elementsOf(parseNodes(parseXmlNodes, text))
  if (root === undefined || others.length > 0) throw new MalformedXml('the document has no single root')
  return root
}

/** The first child of that name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name)
}

/** The text of the first child of that name. */
export function childText(element: XmlElement, name: string): string | undefined {
  return childOf(element, name)?.text
}

/** All children of that name, in order. */
export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

/**
 * Text with its character references decoded: the five named ones and numeric ones. Lone surrogates pass, because some
 * services write a character beyond U+FFFF as two references.
 * @throws MalformedXml on any other entity
 */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&([^;&]*;?)/g, (whole, body: string) => decodeReference(whole, body))
}

const namedReferences: ReadonlyMap<string, string> = new Map([
  ['amp;', '&'],
  ['lt;', '<'],
  ['gt;', '>'],
  ['quot;', '"'],
  ['apos;', "'"],
])

function decodeReference(whole: string, body: string): string {
  const named = namedReferences.get(body)
  if (named !== undefined) return named
  const decimal = /^#([0-9]{1,7});$/.exec(body)?.[1]
  const hexadecimal = /^#x([0-9a-fA-F]{1,6});$/.exec(body)?.[1]
  const codePoint = decimal !== undefined ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16)
  if (!(codePoint <= 0x10ffff)) throw new MalformedXml(`unknown character reference ${whole.slice(0, 20)}`)
  return String.fromCodePoint(codePoint)
}

function parseNodes(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    // The package repeats the document in some messages, however long it is.
    throw new MalformedXml(error instanceof Error ? error.message.slice(0, 200) : 'the document cannot be read')
  }
}

/** Turns fast-xml-parser's ordered nodes (`{ name: [children] }`, `{ '#text': value }`) into elements. */
function elementsOf(nodes: unknown): readonly XmlElement[] {
  return entriesOf(nodes).flatMap(([name, content]) => {
    if (name.startsWith('#')) return []
    const entries = entriesOf(content)
    return [{ name, text: entries.map(textOf).join(''), children: elementsOf(content) }]
  })
}

function textOf([name, content]: readonly [string, unknown]): string {
  if (name === '#text') return decodeReferences(String(content))
  if (name !== '#cdata') return ''
  return entriesOf(content)
    .map(([, text]) => String(text))
    .join('')
}

function entriesOf(nodes: unknown): readonly (readonly [string, unknown])[] {
  if (!Array.isArray(nodes)) return []
  return nodes.flatMap((node: unknown) => (typeof node === 'object' && node !== null ? Object.entries(node) : []))
}
