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
        AND eventsource IN ('cognito-idp.amazonaws.com', 'lambda.amazonaws.com', 'wafv2.amazonaws.com',
          'secretsmanager.amazonaws.com', 'ssm.amazonaws.com', 'acm.amazonaws.com', 'route53.amazonaws.com', 'kms.amazonaws.com',
          'iam.amazonaws.com', 'cloudformation.amazonaws.com', 'elasticloadbalancing.amazonaws.com')
        AND NOT (
          eventsource = 'cognito-idp.amazonaws.com'
          AND (coalesce(eventtype, '') <> 'AwsApiCall' OR eventname IN ('InitiateAuth', 'AdminInitiateAuth',
            'RespondToAuthChallenge', 'AdminRespondToAuthChallenge', 'GetTokensFromRefreshToken'))
        )
      )
      -- An attempt is one whether or not its record says that it only read.
      OR (
        eventsource = 'cognito-idp.amazonaws.com'
        AND (coalesce(eventtype, '') <> 'AwsApiCall' OR eventname IN ('InitiateAuth', 'AdminInitiateAuth',
          'RespondToAuthChallenge', 'AdminRespondToAuthChallenge', 'GetTokensFromRefreshToken'))
        AND eventtime >= ?
      )
    )
    AND NOT (
      eventsource = 'cognito-idp.amazonaws.com'
      AND coalesce(errorcode, '') = ''
      AND (
        (eventname = 'Token_POST' AND coalesce(eventtype, '') <> 'AwsApiCall'
          AND json_extract_scalar(additionaleventdata, '$.requestParameters.error[0]') IS NULL
          AND coalesce(try_cast(json_extract_scalar(additionaleventdata, '$.responseParameters.status') AS double), 200) < 400)
        OR (eventtype = 'AwsApiCall' AND eventname IN ('InitiateAuth', 'AdminInitiateAuth', 'RespondToAuthChallenge',
          'AdminRespondToAuthChallenge', 'GetTokensFromRefreshToken'))
      )
    )
)
SELECT
  eventtime, eventsource, eventname, eventtype, awsregion, recipientaccountid, eventid, requestid, readonly, errorcode,
  sourceipaddress, useragent, sessioncredentialfromconsole, requestparameters, responseelements, additionaleventdata,
  tlsdetails.clientprovidedhostheader AS host,
  useridentity.type AS identity_type,
  useridentity.arn AS identity_arn,
  useridentity.accountid AS identity_account,
  useridentity.principalid AS identity_principal,
  useridentity.username AS identity_name,
  useridentity.invokedby AS invoked_by,
  useridentity.sessioncontext.sessionissuer.arn AS issuer_arn
FROM events
WHERE copy = 1
