import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, type Environment, environmentValue } from '../context.ts'
import { systemCode } from '../errors.ts'
import { type IniSections, type IniValue, parseIni, RefusedSection } from './ini.ts'

/** A setting with the place it was read from. */
export interface FileSetting {
  readonly value: string
  /** Path and line as people read them: `~/.aws/config:7`. */
  readonly place: string
}

export type FileSettings = ReadonlyMap<string, FileSetting>

/** A profile as both files define it. */
export interface Profile {
  readonly name: string
  /** Of both files; the credentials file wins, setting by setting. */
  readonly settings: FileSettings
  readonly inCredentialsFile: FileSettings
  readonly inConfigFile: FileSettings
}

/** The shared config and credentials files, read once. */
export interface SharedFiles {
  readonly profiles: ReadonlyMap<string, Profile>
  readonly ssoSessions: ReadonlyMap<string, FileSettings>
  readonly services: ReadonlyMap<string, FileSettings>
  readonly configFile: SharedFile
  readonly credentialsFile: SharedFile
}

export interface SharedFile {
  readonly path: string
  /** The path with the home directory as `~`. */
  readonly shownPath: string
  readonly exists: boolean
  /** Why it could not be read, where it exists and could not. */
  readonly problem?: string | undefined
}

const read = new WeakMap<Context, SharedFiles>()

/** The shared files of a run, read when first asked for. */
export function sharedFilesOf(context: Context): SharedFiles {
  const known = read.get(context)
  if (known) return known
  const files = readSharedFiles(context.env, context.homeDirectory)
  read.set(context, files)
  return files
}

/**
 * Reads `AWS_CONFIG_FILE` (`~/.aws/config`) and `AWS_SHARED_CREDENTIALS_FILE` (`~/.aws/credentials`), as the SDK's
 * `loadSharedConfigFiles`, `parseKnownFiles` and `loadSsoSessionData` do: `[default]` and `[profile x]` in the former,
 * `[x]` in the latter, `[profile default]` in place of `[default]`. A file that is not there counts as empty; one that
 * cannot be read, too, but says so in `problem`.
 */
export function readSharedFiles(env: Environment, homeDirectory: string): SharedFiles {
  const config = readFile(environmentValue(env, 'AWS_CONFIG_FILE') ?? '~/.aws/config', homeDirectory)
  const credentials = readFile(
    environmentValue(env, 'AWS_SHARED_CREDENTIALS_FILE') ?? '~/.aws/credentials',
    homeDirectory,
  )
  const defaultSettings = config.sections.get('default')
  const inConfig = new Map([
    ...(defaultSettings ? [['default', defaultSettings] as const] : []),
    ...sectionsOfType(config.sections, 'profile'),
    // The SDK looks such sections up by their whole name; as profiles they are of no use, but they are there.
    ...sectionsNamed(config.sections, 'sso-session'),
    ...sectionsNamed(config.sections, 'services'),
  ])
  const names = new Set([...inConfig.keys(), ...credentials.sections.keys()])
  return {
    profiles: new Map([...names].map((name) => [name, profileOf(name, inConfig.get(name), credentials.sections)])),
    ssoSessions: new Map(sectionsOfType(config.sections, 'sso-session')),
    services: new Map(sectionsOfType(config.sections, 'services')),
    configFile: config.file,
    credentialsFile: credentials.file,
  }
}

/** The names that can be asked for; `profiles` also holds what only the SDK looks up. */
export function profileNames({ profiles, ssoSessions, services }: SharedFiles): readonly string[] {
  const others = new Set([
    ...[...ssoSessions.keys()].map((name) => `sso-session.${name}`),
    ...[...services.keys()].map((name) => `services.${name}`),
  ])
  return [...profiles.keys()].filter((name) => !others.has(name))
}

/** The file that is there and cannot be read, if any. */
export function unreadableFile({ configFile, credentialsFile }: SharedFiles): SharedFile | undefined {
  return [configFile, credentialsFile].find((file) => file.problem !== undefined)
}

type Sections = ReadonlyMap<string, FileSettings>

function profileOf(name: string, inConfigFile: FileSettings = new Map(), credentials: Sections): Profile {
  const inCredentialsFile = credentials.get(name) ?? new Map()
  return { name, settings: new Map([...inConfigFile, ...inCredentialsFile]), inCredentialsFile, inConfigFile }
}

function sectionsOfType(sections: Sections, type: string): readonly (readonly [string, FileSettings])[] {
  return sectionsNamed(sections, type).map(([name, settings]) => [name.slice(type.length + 1), settings])
}

function sectionsNamed(sections: Sections, type: string): readonly (readonly [string, FileSettings])[] {
  return [...sections].filter(([name]) => name.startsWith(`${type}.`))
}

function readFile(wanted: string, homeDirectory: string): { readonly file: SharedFile; readonly sections: Sections } {
  const path = wanted.startsWith('~/') ? join(homeDirectory, wanted.slice(2)) : wanted
  const shownPath = shortenHome(path, homeDirectory)
  try {
    const sections = parseIni(readFileSync(path, 'utf8'))
    return { file: { path, shownPath, exists: true }, sections: withPlaces(sections, shownPath) }
  } catch (error) {
    const exists = !isMissing(error)
    const problem = exists ? problemOf(error) : undefined
    return { file: { path, shownPath, exists, problem }, sections: new Map() }
  }
}

/** `/home/ada/.aws/config` as `~/.aws/config`. */
export function shortenHome(path: string, homeDirectory: string): string {
  return homeDirectory !== '' && path.startsWith(`${homeDirectory}/`) ? `~${path.slice(homeDirectory.length)}` : path
}

function withPlaces(sections: IniSections, path: string): Sections {
  const placed = ({ value, line }: IniValue): FileSetting => ({ value, place: `${path}:${line}` })
  return new Map(
    [...sections].map(([name, values]) => [name, new Map([...values].map(([key, value]) => [key, placed(value)]))]),
  )
}

function isMissing(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

function problemOf(error: unknown): string {
  if (error instanceof RefusedSection) return error.message
  return systemCode(error) ?? String(error)
}
