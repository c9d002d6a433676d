// One presigned URL as a whole process: what a script pays for each call.
import { fileURLToPath } from 'node:url'
import { exampleEnvironment, findProgram, findPythonWith, program, timeProcesses } from './harness.mjs'

export const title = 'one presigned URL'

const node = process.execPath
const target = 's3://examplebucket/photos/a%20photo.jpg'

const aws4Script = `
const aws4 = require(${JSON.stringify(fileURLToPath(import.meta.resolve('aws4')))})
const keys = { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY }
const request = { service: 's3', region: 'us-east-1', host: 'examplebucket.s3.us-east-1.amazonaws.com', path: '/photos/a%20photo.jpg?X-Amz-Expires=3600', signQuery: true }
console.log('https://' + request.host + aws4.sign(request, keys).path)`

const boto3Script = `
import boto3
from botocore.config import Config
s3 = boto3.client('s3', region_name='us-east-1', config=Config(signature_version='s3v4'))
print(s3.generate_presigned_url('get_object', Params={'Bucket': 'examplebucket', 'Key': 'photos/a photo.jpg'}))`

/** Peers that are installed; each presigns without asking the network. */
function peers() {
  const rcloneEnvironment = {
    ...exampleEnvironment,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_AWS_TYPE: 's3',
    RCLONE_CONFIG_AWS_PROVIDER: 'AWS',
    RCLONE_CONFIG_AWS_ENV_AUTH: 'true',
    RCLONE_CONFIG_AWS_REGION: 'us-east-1',
  }
  const python = findPythonWith('boto3')
  const found = [
    { name: 'aws s3 presign', program: 'aws', args: ['s3', 'presign', 's3://examplebucket/photos/a photo.jpg'] },
    { name: 's5cmd presign', program: 's5cmd', args: ['presign', 's3://examplebucket/photos/a photo.jpg'] },
    { name: 's3cmd signurl', program: 's3cmd', args: ['signurl', 's3://examplebucket/photos/a photo.jpg', '+3600'] },
    {
      name: 'rclone link',
      program: 'rclone',
      args: ['link', 'aws:examplebucket/photos/a photo.jpg'],
      env: rcloneEnvironment,
    },
  ].map(({ program: name, args, ...rest }) => ({ ...rest, command: [findProgram(name), ...args] }))
  return [
    { name: 'aws4 in a script', command: [node, '-e', aws4Script] },
    ...found.filter(({ command }) => command[0] !== undefined),
    ...(python ? [{ name: 'boto3 in a script', command: [python, '-c', boto3Script] }] : []),
  ].map((peer) => ({ ...peer, kind: 'peer' }))
}

export async function run({ rounds = 9 } = {}) {
  const rows = await timeProcesses(
    [
      { name: 'node -e 0', kind: 'floor', command: [node, '-e', '0'] },
      { name: 'sigv4 sign --presign', kind: 'ours', command: [node, program, 'sign', '--presign', target] },
      ...peers(),
    ],
    { rounds },
  )
  return { title, unit: 'ms', better: 'less', rows }
}
