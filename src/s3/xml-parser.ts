import { XMLParser } from 'fast-xml-parser'

/**
 * The XML package behind `parseXml`, in a file of its own because it is loaded only when a document needs it.
 * The options lose nothing: no numbers made of `007`, no trimming, order kept, CDATA kept apart from text (its `&amp;` is
 * no entity). Entities are left alone here, so that none can be expanded into a bomb; `xml.ts` decodes references.
 * @returns the nodes of fast-xml-parser's `preserveOrder` form
 * @throws Error on anything that is not well formed, a document that ends early included
 */
export function parseXmlNodes(text: string): unknown {
  return parser.parse(text, true)
}

const parser = new XMLParser({
  preserveOrder: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  cdataPropName: '#cdata',
  maxNestedTags: 50,
  onDangerousProperty: (name) => name,
})
