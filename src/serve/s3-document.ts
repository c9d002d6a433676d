/** Small XML documents as S3 writes them. */

/** An element's name and what is in it: text, or elements; undefined leaves it out. */
export type XmlNode = readonly [name: string, content: string | number | undefined | readonly XmlNode[]]

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** A whole document. Only results carry S3's namespace; errors have none. */
export function s3Document(root: XmlNode): string {
  const [name] = root
  const opening = name === 'Error' ? `<${name}>` : `<${name} xmlns="${namespace}">`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${formatNode(root).replace(`<${name}>`, opening)}`
}

function formatNode([name, content]: XmlNode): string {
  if (content === undefined) return ''
  const inner = typeof content === 'object' ? content.map(formatNode).join('') : escapeXml(String(content))
  return `<${name}>${inner}</${name}>`
}

/** What XML 1.0 cannot hold at all becomes U+FFFD, as other readers would refuse the whole document. */
function escapeXml(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => references[character] ?? '')
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}
