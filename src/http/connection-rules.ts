import net from 'node:net'
import { usageError } from '../errors.ts'
import { withoutBrackets } from '../request/request-url.ts'
import { curlCodes, TransferError } from './transfer-error.ts'

/** One `--resolve HOST:PORT:ADDRESS[,ADDRESS]`. */
export interface ResolveRule {
  /** In lower case; `*` is any. */
  readonly host: string
  readonly port: number
  /** Empty with `-HOST:PORT`, which takes an earlier rule back, or nothing where it has no such form. */
  readonly addresses: readonly string[]
}

/** One `--connect-to HOST1:PORT1:HOST2:PORT2`; an empty part is any, or the same. */
export interface ConnectToRule {
  readonly fromHost: string
  readonly fromPort: string
  readonly toHost: string
  readonly toPort: string
}

/** @throws TransferError (49) */
export function parseResolveRule(text: string): ResolveRule {
  if (text.startsWith('-')) {
    const removed = /^-([^:]+|\[[^\]]+\]):(\d+)$/.exec(text)
    return { host: unbracketed(removed?.[1]), port: Number(removed?.[2]), addresses: [] }
  }
  const match = /^\+?([^:[\]]*|\[[^\]]+\]):(\d+):(.+)$/.exec(text)
  const addresses = (match?.[3] ?? '')
    .split(',')
    .filter((address) => address !== '')
    .map(unbracketed)
  const port = Number(match?.[2])
  if (!match || port > 65_535 || addresses.length === 0 || !addresses.every((address) => net.isIP(address) > 0)) {
    throw new TransferError(curlCodes.optionSyntax, `--resolve '${text}' is not HOST:PORT:ADDRESS`, {
      hint: 'write --resolve example.com:443:127.0.0.1',
    })
  }
  return { host: unbracketed(match[1]), port, addresses }
}

/**
 * As curl, without a look at what stands in a rule's last part before the rule is used.
 * @throws CliError (usage) for one that leads nowhere, which curl ignores
 */
export function parseConnectToRule(text: string): ConnectToRule {
  const part = '([^:\\[\\]]*|\\[[^\\]]*\\])'
  const match = new RegExp(`^${part}:([^:]*):${part}(?::(.*))?$`, 's').exec(text)
  if (!match)
    throw usageError(`--connect-to '${text}' is not HOST1:PORT1:HOST2:PORT2`, 'empty parts are any, and the same')
  const [, fromHost, fromPort = '', toHost, toPort = ''] = match
  return { fromHost: unbracketed(fromHost), fromPort, toHost: unbracketed(toHost), toPort }
}

/** Where the first rule that fits sends a connection. @throws TransferError (49) for a port that is none */
export function connectTo(
  host: { readonly hostname: string; readonly port: number },
  rules: readonly ConnectToRule[],
): { readonly hostname: string; readonly port: number } {
  const rule = rules.find(
    ({ fromHost, fromPort }) =>
      (fromHost === '' || fromHost === host.hostname) && (fromPort === '' || Number(fromPort) === host.port),
  )
  if (rule && (!/^\d*$/.test(rule.toPort) || Number(rule.toPort) > 65_535)) {
    throw new TransferError(curlCodes.optionSyntax, `the port '${rule.toPort}' of --connect-to is not one`)
  }
  return {
    hostname: rule && rule.toHost !== '' ? rule.toHost : host.hostname,
    port: rule && rule.toPort !== '' ? Number(rule.toPort) : host.port,
  }
}

/** The addresses that the last fitting rule fixes for a host; undefined where none does. */
export function resolvedAddresses(
  host: { readonly hostname: string; readonly port: number },
  rules: readonly ResolveRule[],
): readonly string[] | undefined {
  const fits = (name: string) => rules.findLast((rule) => rule.host === name && rule.port === host.port)
  const addresses = (fits(host.hostname) ?? fits('*'))?.addresses
  return addresses && addresses.length > 0 ? addresses : undefined
}

function unbracketed(text: string | undefined): string {
  return withoutBrackets(text ?? '').toLowerCase()
}
