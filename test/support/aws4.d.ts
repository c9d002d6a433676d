/** What the tests use of a package that brings no types. */
declare module 'aws4' {
  interface Request {
    readonly method: string
    readonly host: string
    readonly path: string
    readonly service: string
    readonly region: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
    readonly signQuery: boolean
  }

  interface Keys {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken: string
  }

  const aws4: { sign(request: Request, keys: Keys): Pick<Request, 'path' | 'headers'> }
  export = aws4
}
