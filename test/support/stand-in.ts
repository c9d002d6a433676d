import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WireMessage } from './wire.ts'

export interface StandInAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** A loopback server in place of one of AWS's. */
export interface StandIn {
  readonly url: string
  /** Every request, in order. */
  readonly requests: readonly WireMessage[]
  /** Fails when nobody asked: a fake that nothing called proves nothing. */
  close(): Promise<void>
}

export async function startStandIn(
  answer: (request: WireMessage) => StandInAnswer | Promise<StandInAnswer>,
): Promise<StandIn> {
  const requests: WireMessage[] = []
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const headers = []
    for (let index = 0; index < request.rawHeaders.length; index += 2) {
      headers.push([
        request.rawHeaders[index] ?? '',
        Buffer.from(request.rawHeaders[index + 1] ?? '', 'latin1'),
      ] as const)
    }
    const message = { method: request.method ?? '', target: request.url ?? '', headers, body: Buffer.concat(chunks) }
    requests.push(message)
    const { status = 200, headers: extra = {}, body } = await answer(message)
    response.writeHead(status, extra).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (requests.length === 0) throw new Error('nobody asked the stand-in')
    },
  }
}

/** The first header of that name (lower case). */
export function headerOf(message: WireMessage, name: string): string | undefined {
  return message.headers.find(([key]) => key.toLowerCase() === name)?.[1].toString()
}
