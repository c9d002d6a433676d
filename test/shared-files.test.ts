import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseIni } from '../src/credentials/ini.ts'
import { type FileSettings, readSharedFiles } from '../src/credentials/shared-files.ts'
import { makeHome } from './support/home.ts'

type Sections = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The SDK's own loader, by way of the package that we depend on. */
interface SdkLoader {
  parseKnownFiles(init: object): Promise<Sections>
  loadSsoSessionData(init: object): Promise<Sections>
}

const ours = createRequire(import.meta.url)
const sdk: SdkLoader = createRequire(ours.resolve('@aws-sdk/credential-providers'))('@smithy/core/config')

const uglyFiles: Readonly<Record<string, string>> = {
  'plain profiles': '[default]\naws_access_key_id = A\naws_secret_access_key=B\n[profile dev]\nregion = eu-west-1\n',
  'Windows line ends': '[default]\r\nregion = a\r\n[profile x]\r\nregion=b\r\n',
  'a byte order mark': '\uFEFF[default]\nregion = a\n',
  'comments of every kind': '# c\n; c\n[default] # c\nregion = a # c\noutput = b;c\nx = y ;c\n #z = 1\n\t; w = 2\n',
  'a hash inside a value': '[default]\naws_secret_access_key = ab#cd;ef\n',
  'spaces everywhere': '  [default]  \n   region   =   a b   \n',
  'nested settings': '[default]\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\nregion = x\n',
  'a nested setting after an unindented one': '[default]\ns3 =\nregion = x\n  addressing_style = path\n',
  'an empty value': '[default]\naws_access_key_id =\naws_secret_access_key = b\n',
  'an empty value, then indented lines': '[default]\nregion =\n  output = b\n',
  'no equals sign, and nothing before one': '[default]\nregion\n= x\na = b = c\n',
  'settings before any section': 'region = a\n[default]\nregion = b\n',
  'a section twice': '[profile a]\nx = 1\n[profile b]\nx = 2\n[profile a]\ny = 3\nx = 4\n',
  'default in both forms': '[default]\nregion = a\noutput = t\n[profile default]\nregion = b\n',
  'default in both forms, the other way round': '[profile default]\nregion = b\n[default]\nregion = a\n',
  'quoted names': '[profile "a"]\nx = 1\n[profile \'b\']\nx = 2\n[profile "a b"]\nx = 3\n[profile "c\']\nx = 4\n',
  'names with signs':
    '[profile a@b+c.d%e:f/g-h]\nx = 1\n[profile étoile]\nx = 2\n[profile  two]\nx = 3\n[profile\ttab]\nx = 4\n',
  'sections of other types':
    '[preview]\nx = 1\n[plugins]\nx = 2\n[other thing]\nx = 3\n[profile.dotted]\nx = 4\n[a.b]\nx = 5\n',
  'sso sessions and services': '[sso-session s]\nsso_region = r\n[services v]\ns3 =\n  endpoint_url = http://x\n',
  'broken brackets':
    '[default\nregion = a\nprofile b]\nregion = b\n[]\nregion = c\n[ ]\nregion = d\n[[x]]\nregion = e\n',
  'a refused name': '[default]\nregion = a\n[__proto__]\nx = 1\n',
  'old Mac line ends': '[default]\rregion = a\r',
  'an empty file': '',
  'names of object members': '[default]\ntoString = a\nconstructor = b\n',
}

for (const [name, text] of Object.entries(uglyFiles)) {
  test(`files with ${name} are read as the SDK reads them`, async () => {
    await holdEqual(text, '')
    await holdEqual('', text)
    await holdEqual(text, text)
    await holdEqual(text, '[default]\nregion = z\n[dev]\naws_access_key_id = K\n')
  })
}

const words = [
  'default',
  'profile ',
  'profile a',
  'sso-session s',
  'services v',
  '"',
  "'",
  '[',
  ']',
  '=',
  ' = ',
  '#',
  ';',
  ' #',
  '\n',
  '\r\n',
  '\n  ',
  '\t',
  'region',
  'a',
  'é',
  '.',
  'endpoint_url',
  '\uFEFF',
  '\u00a0',
  '\u2028',
] as const

test('any text is read as the SDK reads it', async () => {
  const texts = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 4 })), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(
      texts.map((parts) => parts.join('')),
      texts.map((parts) => parts.join('')),
      async (config, credentials) => {
        // The SDK keeps sections in plain objects, so these names reach its own prototype.
        fc.pre(!/__proto__|constructor|toString|valueOf|hasOwn|isProto|propertyIs|toLocale/.test(config + credentials))
        await holdEqual(config, credentials)
      },
    ),
    { numRuns: 500 },
  )
})

test('every setting is said with its file and line', () => {
  const home = makeHome({
    '.aws/config': '# first\n[profile dev]\n\nregion = eu-west-1\n',
    '.aws/credentials': '[dev]\naws_access_key_id = AKIDEXAMPLE\r\naws_secret_access_key = x\n',
  })
  const settings = readSharedFiles({}, home.path).profiles.get('dev')?.settings
  assert.equal(settings?.get('region')?.place, '~/.aws/config:4')
  assert.equal(settings?.get('aws_access_key_id')?.place, '~/.aws/credentials:2')
  home.remove()
})

test('AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name the files, with ~/ for the home directory', () => {
  const home = makeHome({ c: '[profile x]\nregion = r\n', 'd/e': '[x]\naws_access_key_id = k\n' })
  const env = { AWS_CONFIG_FILE: '~/c', AWS_SHARED_CREDENTIALS_FILE: `${home.path}/d/e` }
  const settings = readSharedFiles(env, home.path).profiles.get('x')?.settings
  assert.deepEqual([...(settings?.keys() ?? [])], ['region', 'aws_access_key_id'])
  assert.equal(readSharedFiles({ AWS_CONFIG_FILE: '' }, home.path).configFile.shownPath, '~/.aws/config')
  home.remove()
})

test('a file that is not there is empty; one that cannot be read says why', () => {
  const home = makeHome({ '.aws/credentials/not-a-file': '' })
  const files = readSharedFiles({}, home.path)
  assert.equal(files.configFile.exists, false)
  assert.equal(files.configFile.problem, undefined)
  assert.equal(files.credentialsFile.problem, 'EISDIR')
  home.remove()
})

test('lines are counted through comments, blanks and every line end', () => {
  const sections = parseIni('\n#\r\n[a]\n\n  x = 1\r\n; c\ny = 2')
  assert.deepEqual(sections.get('a')?.get('x'), { value: '1', line: 5 })
  assert.deepEqual(sections.get('a')?.get('y'), { value: '2', line: 7 })
})

async function holdEqual(config: string, credentials: string): Promise<void> {
  const home = makeHome({ '.aws/config': config, '.aws/credentials': credentials })
  const init = {
    configFilepath: `${home.path}/.aws/config`,
    filepath: `${home.path}/.aws/credentials`,
    ignoreCache: true,
  }
  const files = readSharedFiles({}, home.path)
  assert.deepEqual(
    plainSections([...files.profiles.values()].map(({ name, settings }) => [name, settings])),
    plain(await sdk.parseKnownFiles(init)),
  )
  assert.deepEqual(plainSections([...files.ssoSessions]), plain(await sdk.loadSsoSessionData(init)))
  home.remove()
}

function plainSections(sections: readonly (readonly [string, FileSettings])[]): Sections {
  return plain(
    Object.fromEntries(
      sections.map(([name, settings]) => [
        name,
        Object.fromEntries([...settings].map(([key, { value }]) => [key, value])),
      ]),
    ),
  )
}

function plain(sections: Sections): Sections {
  return JSON.parse(JSON.stringify(sections))
}
