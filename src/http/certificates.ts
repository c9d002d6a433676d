/** Whether there is a certificate in what should be a PEM file: node takes any other text for no authorities at all. */
export function holdsCertificate(pem: string): boolean {
  return /^-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/m.test(pem)
}
