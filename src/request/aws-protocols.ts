/** Of services that speak the query or EC2 protocol, by signing name: `apiVersion` in botocore 1.43.11 (SQS: its last before JSON). */
const queryVersions: Readonly<Record<string, string>> = {
  autoscaling: '2011-01-01',
  cloudformation: '2010-05-15',
  cloudsearch: '2013-01-01',
  ec2: '2016-11-15',
  elasticache: '2015-02-02',
  elasticbeanstalk: '2010-12-01',
  elasticloadbalancing: '2015-12-01',
  iam: '2010-05-08',
  importexport: '2010-06-01',
  monitoring: '2010-08-01',
  rds: '2014-10-31',
  redshift: '2012-12-01',
  sdb: '2009-04-15',
  ses: '2010-12-01',
  sns: '2010-03-31',
  sqs: '2012-11-05',
  sts: '2011-06-15',
}

/** The `Version` of a service's actions; undefined where the table does not know it. */
export function defaultApiVersion(signingName: string): string | undefined {
  return Object.hasOwn(queryVersions, signingName) ? queryVersions[signingName] : undefined
}

/** Target prefixes of services whose `jsonVersion` is 1.0 in botocore 1.43.11; all others speak 1.1. */
const json10Prefixes = new Set(
  `AmazonElasticVMwareService AmazonMWAAServerless AmazonSQS AmazonTimestreamInfluxDB AppRunner ArcRegionSwitch AWSBCMDashboardsService
  AWSBCMPricingCalculator AWSBilling AWSBillingAndCostManagementRecommendedActions AWSFreeTierService AWSKendraRerankingFrontendService
  AWSLookoutEquipmentFrontendService AWSMPCommerceService_v20200301 AWSParallelComputingService AWSPartnerCentralSelling AwsProton20200720
  AWSStepFunctions B2BI BackupOnPremises_v20210101 CloudApiService com.amazonaws.codeconnections.CodeConnections_20231201
  com.amazonaws.codestar.connections.CodeStar_connections_20191201 ComputeOptimizerAutomationService ComputeOptimizerService
  CostOptimizationHubService DynamoDB_20120810 DynamoDBStreams_20120810 EUCMIFrontendAPIService GraniteServiceVersion20100801 HealthLake
  Interconnect Invoicing IoTAutobahnControlPlane KeyspacesService KeyspacesStreams MailManagerSvc NetworkFirewall_20201112 Odb
  OpenSearchServerless PartnerCentralAccount PartnerCentralBenefitsService PartnerCentralChannel PaymentCryptographyControlPlane
  PinpointSMSVoiceV2 SimpleWorkflowService Timestream_20181101 ToggleCustomerAPI VerifiedPermissions VoiceID`.split(
    /\s+/,
  ),
)

/**
 * The content type of a JSON request with this `X-Amz-Target`, `PREFIX.Operation`.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonContentType(target: string): string {
  const prefix = target.slice(0, Math.max(0, target.lastIndexOf('.')))
  return `application/x-amz-json-${json10Prefixes.has(prefix) ? '1.0' : '1.1'}`
}
