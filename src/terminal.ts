import { openSync, writeSync } from 'node:fs'
import tty from 'node:tty'

/**
 * Asks on the controlling terminal, which is there also when stdin and stdout go elsewhere, and reads a line from it.
 * @returns undefined where there is no terminal
 * @throws the reason of `interrupt`
 */
export async function askTerminal(question: string, interrupt: AbortSignal): Promise<string | undefined> {
  const input = openTerminal()
  if (!input) return undefined
  try {
    writeSync(input.descriptor, question)
    return await readLine(input.stream, interrupt)
  } catch (error) {
    // Ctrl-C leaves the cursor behind the question.
    writeSync(input.descriptor, '\n')
    throw error
  } finally {
    input.stream.destroy()
  }
}

function openTerminal(): { readonly descriptor: number; readonly stream: tty.ReadStream } | undefined {
  try {
    const descriptor = openSync('/dev/tty', 'r+')
    return { descriptor, stream: new tty.ReadStream(descriptor) }
  } catch {
    return undefined
  }
}

function readLine(stream: tty.ReadStream, interrupt: AbortSignal): Promise<string> {
  let text = ''
  stream.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    if (interrupt.aborted) reject(interrupt.reason)
    interrupt.addEventListener('abort', () => reject(interrupt.reason), { once: true })
    stream.on('error', reject)
    stream.on('end', () => resolve(text))
    stream.on('data', (chunk) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
    })
  })
}
