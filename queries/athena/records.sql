-- Everything else that sign-in depends on, as whole records, each event once: failed attempts,
-- pages of managed login, and configuration changes of user pools and of what they use.
--
-- Reads:      cloudtrail_logs (table.sql).
-- Parameters: first and last day of publication (yyyy/MM/dd), first time of changes and first time
--             after the window (yyyy-MM-ddTHH:mm:ssZ, UTC), first time of attempts.
-- Columns:    those of CloudTrail's record; what stands inside userIdentity and tlsDetails is flat.
-- Source:     https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html
WITH
events AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY eventid ORDER BY eventtime) AS copy
  FROM cloudtrail_logs
  WHERE "timestamp" BETWEEN ? AND ?
    AND eventtime >= ? AND eventtime < ?
    AND (
      (
        coalesce(readonly, 'false') <> 'true'
        AND (
          (eventsource = 'cognito-idp.amazonaws.com' AND eventtype = 'AwsApiCall' AND eventname NOT LIKE 'Admin%'
            AND eventname NOT IN ('InitiateAuth', 'RespondToAuthChallenge', 'GetTokensFromRefreshToken',
              'SignUp', 'ConfirmSignUp', 'ResendConfirmationCode', 'ForgotPassword', 'ConfirmForgotPassword', 'ChangePassword',
              'GlobalSignOut', 'RevokeToken', 'UpdateUserAttributes', 'DeleteUserAttributes', 'DeleteUser',
              'VerifyUserAttribute', 'GetUserAttributeVerificationCode', 'SetUserMFAPreference', 'SetUserSettings',
              'AssociateSoftwareToken', 'VerifySoftwareToken', 'ConfirmDevice', 'ForgetDevice', 'UpdateDeviceStatus',
              'StartWebAuthnRegistration', 'CompleteWebAuthnRegistration', 'DeleteWebAuthnCredential',
              'GetClientToken', 'UpdateAuthEventFeedback', 'StartUserImportJob', 'StopUserImportJob',
              'CreateUserImportJob', 'GetUser', 'GetUserAuthFactors'))
          OR (eventsource IN ('lambda.amazonaws.com', 'wafv2.amazonaws.com', 'secretsmanager.amazonaws.com',
              'ssm.amazonaws.com', 'acm.amazonaws.com', 'route53.amazonaws.com', 'kms.amazonaws.com',
              'iam.amazonaws.com', 'cloudformation.amazonaws.com', 'elasticloadbalancing.amazonaws.com',
              'route53domains.amazonaws.com', 'route53resolver.amazonaws.com', 'network-firewall.amazonaws.com',
              'apigateway.amazonaws.com', 'cloudfront.amazonaws.com', 'ec2.amazonaws.com', 'ses.amazonaws.com',
              'sns.amazonaws.com', 'sms-voice.amazonaws.com', 'organizations.amazonaws.com', 'ecs.amazonaws.com',
              'eks.amazonaws.com', 'codedeploy.amazonaws.com', 'codepipeline.amazonaws.com',
              'apprunner.amazonaws.com', 'amplify.amazonaws.com', 'elasticbeanstalk.amazonaws.com',
              'autoscaling.amazonaws.com')
            AND eventname IN ('UpdateFunctionCode20150331v2', 'UpdateFunctionConfiguration20150331v2',
              'PublishVersion20150331', 'UpdateAlias20150331', 'AddPermission20150331v2',
              'RemovePermission20150331v2', 'PutFunctionConcurrency20171031', 'DeleteFunctionConcurrency20171031',
              'DeleteFunction20150331', 'CreateFunction20150331', 'DeleteAlias20150331', 'AssociateWebACL',
              'DisassociateWebACL', 'UpdateWebACL', 'DeleteWebACL', 'UpdateRuleGroup', 'UpdateIPSet', 'CreateWebACL',
              'CreateIPSet', 'CreateRuleGroup', 'DeleteIPSet', 'DeleteRuleGroup', 'UpdateRegexPatternSet',
              'DeleteRegexPatternSet', 'RotateSecret', 'PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage',
              'DeleteSecret', 'RestoreSecret', 'PutResourcePolicy', 'RotationStarted', 'RotationSucceeded',
              'RotationFailed', 'RotationAbandoned', 'CreateSecret', 'DeleteResourcePolicy', 'PutParameter',
              'DeleteParameter', 'DeleteParameters', 'DeleteCertificate', 'ImportCertificate', 'RequestCertificate',
              'RenewCertificate', 'ChangeResourceRecordSets', 'DeleteHostedZone', 'AssociateVPCWithHostedZone',
              'DisassociateVPCFromHostedZone', 'DisableKey', 'ScheduleKeyDeletion', 'PutKeyPolicy', 'RevokeGrant',
              'EnableKey', 'CancelKeyDeletion', 'RetireGrant', 'PutRolePolicy', 'DetachRolePolicy',
              'UpdateAssumeRolePolicy', 'AttachRolePolicy', 'DeleteRolePolicy', 'DeleteRole',
              'SetDefaultPolicyVersion', 'UpdateStack', 'ExecuteChangeSet', 'CreateStack', 'DeleteStack',
              'RollbackStack', 'ModifyRule', 'ModifyListener', 'CreateRule', 'DeleteRule', 'DeleteListener',
              'DeleteLoadBalancer', 'AddListenerCertificates', 'RemoveListenerCertificates', 'SetSecurityGroups',
              'UpdateDomainNameservers', 'DisassociateResolverRule', 'DeleteResolverRule', 'UpdateResolverRule',
              'CreateFirewallRule', 'UpdateFirewallRule', 'AssociateFirewallRuleGroup', 'UpdateFirewallPolicy',
              'AssociateFirewallPolicy', 'CreateDomainName', 'UpdateDomainName', 'DeleteDomainName',
              'CreateBasePathMapping', 'UpdateBasePathMapping', 'DeleteBasePathMapping', 'CreateApiMapping',
              'UpdateApiMapping', 'DeleteApiMapping', 'CreateDistribution', 'UpdateDistribution',
              'DeleteDistribution', 'AssociateAlias', 'CreateRoute', 'ReplaceRoute', 'DeleteRoute',
              'AssociateRouteTable', 'DisassociateRouteTable', 'ReplaceRouteTableAssociation', 'DeleteRouteTable',
              'CreateNatGateway', 'DeleteNatGateway', 'DisassociateAddress', 'ReleaseAddress',
              'DetachInternetGateway', 'CreateNetworkAclEntry', 'ReplaceNetworkAclEntry', 'DeleteNetworkAclEntry',
              'ReplaceNetworkAclAssociation', 'AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupEgress',
              'AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress', 'ModifySecurityGroupRules',
              'CreateVpcEndpoint', 'ModifyVpcEndpoint', 'DeleteVpcEndpoints', 'ModifyVpcAttribute',
              'AssociateDhcpOptions', 'DeleteVpcPeeringConnection', 'CreateTransitGatewayRoute',
              'ReplaceTransitGatewayRoute', 'DeleteTransitGatewayRoute', 'DeleteTransitGatewayVpcAttachment',
              'DeleteIdentity', 'DeleteEmailIdentity', 'DeleteIdentityPolicy', 'DeleteEmailIdentityPolicy',
              'PutIdentityPolicy', 'UpdateEmailIdentityPolicy', 'UpdateAccountSendingEnabled',
              'PutAccountSendingAttributes', 'UpdateConfigurationSetSendingEnabled',
              'PutConfigurationSetSendingOptions', 'DeleteConfigurationSet', 'SetSMSAttributes', 'ReleasePhoneNumber',
              'ReleaseSenderId', 'SetTextMessageSpendLimitOverride', 'DeleteTextMessageSpendLimitOverride',
              'AttachPolicy', 'DetachPolicy', 'UpdatePolicy', 'UpdateService', 'RegisterTaskDefinition',
              'CreateService', 'DeleteService', 'CreateTaskSet', 'UpdateServicePrimaryTaskSet',
              'UpdateClusterVersion', 'UpdateClusterConfig', 'UpdateNodegroupVersion', 'UpdateNodegroupConfig',
              'UpdateAddon', 'CreateDeployment', 'ContinueDeployment', 'StopDeployment', 'StartPipelineExecution',
              'StartDeployment', 'PauseService', 'ResumeService', 'StartJob', 'UpdateEnvironment',
              'SwapEnvironmentCNAMEs', 'RestartAppServer', 'StartInstanceRefresh'))
        )
      )
      -- An attempt is one whether or not its record says that it only read.
      OR (
        eventsource = 'cognito-idp.amazonaws.com'
        AND (coalesce(eventtype, '') <> 'AwsApiCall' OR eventname IN ('InitiateAuth', 'AdminInitiateAuth',
          'RespondToAuthChallenge', 'AdminRespondToAuthChallenge', 'GetTokensFromRefreshToken',
          'GetClientToken'))
        AND eventtime >= ?
      )
    )
    AND NOT coalesce(
      -- An attempt that was plainly accepted:
        eventsource = 'cognito-idp.amazonaws.com'
        AND coalesce(errorcode, '') = ''
        AND coalesce(errormessage, '') = ''
        AND NOT regexp_like(coalesce(additionaleventdata, ''), '"error(_description|Code|Message|)" *:')
        AND (
          (eventname = 'Token_POST' AND coalesce(eventtype, '') <> 'AwsApiCall'
            AND (json_extract(additionaleventdata, '$.responseParameters.status') IS NULL
              OR try_cast(json_extract_scalar(additionaleventdata, '$.responseParameters.status') AS double) BETWEEN 100 AND 399))
          OR (eventtype = 'AwsApiCall' AND eventname IN ('InitiateAuth', 'AdminInitiateAuth', 'RespondToAuthChallenge',
            'AdminRespondToAuthChallenge', 'GetTokensFromRefreshToken'))
        )
        -- What is empty or masked is left to whoever reads the whole record.
        AND NOT regexp_like(coalesce(additionaleventdata, ''), '"(client(_id|Id)|sub|scope|redirect_uri|identity_provider|idp_identifier|grant_type|userPoolId|userPoolDomain)" *: *(\[|) *"("|HIDDEN|\*)')
        AND NOT regexp_like(coalesce(requestparameters, ''), '"([cC]lientId|[uU]serPoolId|[aA]uthFlow|[cC]hallengeName)" *: *"("|HIDDEN|\*)')
      -- as in counts.sql.
      , false)
)
SELECT
  eventtime, eventsource, eventname, eventtype, awsregion, recipientaccountid, eventid, requestid, readonly, errorcode, errormessage,
  sourceipaddress, useragent, sessioncredentialfromconsole, requestparameters, responseelements, additionaleventdata,
  tlsdetails.clientprovidedhostheader AS host,
  useridentity.type AS identity_type,
  useridentity.arn AS identity_arn,
  useridentity.accountid AS identity_account,
  useridentity.principalid AS identity_principal,
  useridentity.username AS identity_name,
  useridentity.invokedby AS invoked_by,
  useridentity.sessioncontext.sessionissuer.arn AS issuer_arn,
  useridentity.sessioncontext.sourceidentity AS source_identity
FROM events
WHERE copy = 1
