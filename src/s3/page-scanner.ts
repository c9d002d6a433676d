import { type BodyText, TextWindow } from './body-text.ts'
import {
  allMembers,
  type EntryMember,
  type EntryShape,
  entryKinds,
  leafPattern,
  learnShape,
  readEntries,
  skipBlanks,
} from './entry-shape.ts'
import type { EntryDraft, RawPage } from './list-page.ts'
import { decodeReferences } from './xml.ts'

/** Reads list pages in one pass over their text, some thirty times as fast as an XML parser. One for each listing. */
export class PageScanner {
  readonly #wanted: ReadonlySet<EntryMember>
  /** Shapes met before, the last one first: a service writes two or three. */
  #shapes: readonly EntryShape[] = []

  /** @param wanted the members to read of each entry, beside its key */
  constructor(wanted: ReadonlySet<EntryMember> = allMembers) {
    this.#wanted = wanted
  }

  /**
   * @returns undefined on meeting anything beyond the plain form that services write (comments, CDATA, attributes below
   *   the root, prefixed names, members twice or nested unexpectedly, carriage returns, a text that ends early): such a
   *   page is for the XML parser to read or refuse
   * @throws MalformedXml on an unknown entity
   */
  scan(body: BodyText): RawPage | undefined {
    // Raw carriage returns would have to be normalised, as XML 1.0 section 2.11 asks.
    if (body.some((piece) => piece.includes('\r'))) return undefined
    const window = new TextWindow(body)
    const root = rootOf(window)
    if (root === undefined) return undefined
    const page = { root, members: new Map<string, string>(), entries: [] }
    for (;;) {
      const step = this.#step(window, page)
      if (step === 'end') return page
      // What is not known may only not be whole yet.
      if (step === 'unknown' && !window.widen()) return undefined
    }
  }

  /** Reads a member, the entries that follow one another, or the end. */
  #step(window: TextWindow, { root, members, entries }: ScannedPage): 'read' | 'end' | 'unknown' {
    window.at = skipBlanks(window.text, window.at)
    if (window.text.length - window.at < longEntry) window.widen()
    const { text, at } = window
    const name = execAt(tagPattern, text, at)?.[1]
    if (name !== undefined && entryKinds.has(name)) {
      const shape = this.#shapeAt(text, at, name)
      if (shape === undefined) return 'unknown'
      window.at = readEntries(shape, { text, at, into: entries })
      return 'read'
    }
    const end = `</${root}>`
    if (text.startsWith(end, at)) {
      return window.isLast && skipBlanks(text, at + end.length) === text.length ? 'end' : 'unknown'
    }
    const [leaf, member = '', value = ''] = execAt(leafPattern, text, at) ?? []
    if (leaf === undefined || members.has(member)) return 'unknown'
    members.set(member, decodeReferences(value))
    window.at += leaf.length
    return 'read'
  }

  /** A shape that the entry at `at` has: a known one, or learnt from it. */
  #shapeAt(text: string, at: number, name: string): EntryShape | undefined {
    const hasShape = ({ pattern }: EntryShape) => execAt(pattern, text, at) !== null
    const shape = this.#shapes.find(hasShape) ?? learnShape({ text, at, name }, this.#wanted)
    if (shape === undefined || !hasShape(shape)) return undefined
    const others = this.#shapes.filter((known) => known !== shape)
    this.#shapes = [shape, ...others].slice(0, maximumShapes)
    return shape
  }
}

interface ScannedPage extends RawPage {
  readonly members: Map<string, string>
  readonly entries: EntryDraft[]
}

/** Less text than this may well end within an entry: it is not worth a look before there is more. */
const longEntry = 4096

/** A hostile service could write every entry in another shape. */
const maximumShapes = 8

const prolog = /^\ufeff?(?:<\?xml [^?<>]*\?>)?\s*<(ListBucketResult|ListVersionsResult)(?:\s+[\w.:-]+="[^"<&]*")*\s*>/

/** The name of the document's element, read. */
function rootOf(window: TextWindow): string | undefined {
  for (;;) {
    const start = prolog.exec(window.text)
    if (start !== null) window.at = start[0].length
    if (start !== null || !window.widen()) return start?.[1]
  }
}

const tagPattern = /<([A-Za-z]+)>/y

function execAt(stickyPattern: RegExp, text: string, at: number): RegExpExecArray | null {
  stickyPattern.lastIndex = at
  return stickyPattern.exec(text)
}
