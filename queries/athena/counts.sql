-- Accepted token requests and sign-ins per minute and kind, each event once; and the minutes in
-- which the trail told of anything (requests: 0), so that a silence can be told from a gap.
--
-- Reads:      cloudtrail_logs (table.sql).
-- Parameters: first and last day of publication (yyyy/MM/dd), first time and first time after the
--             window (yyyy-MM-ddTHH:mm:ssZ, UTC).
-- Columns:    account, region, user_pool, client, endpoint, grant_type, redirect_uri, scopes,
--             identity_provider, auth_method, domain (empty: the record does not say), requests,
--             callers (a known user counted once in five minutes), first_time, last_time (UTC),
--             seconds (a bit for each second of the minute in which one was accepted).
-- Source:     https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html
WITH
told AS (
  SELECT
    eventid, eventtime, eventname, awsregion, requestparameters, additionaleventdata,
    coalesce(nullif(recipientaccountid, ''), useridentity.accountid) AS account,
    tlsdetails.clientprovidedhostheader AS host,
    coalesce(
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
      -- as in records.sql.
      , false) AS accepted
  FROM cloudtrail_logs
  WHERE "timestamp" BETWEEN ? AND ?
    AND eventtime >= ? AND eventtime < ?
),
-- Each attempt once; of everything else one record a minute, which tells that the trail was on.
events AS (
  SELECT
    accepted, eventtime, account, awsregion,
    CASE WHEN accepted THEN eventname END AS eventname,
    CASE WHEN accepted THEN requestparameters END AS requestparameters,
    CASE WHEN accepted THEN additionaleventdata END AS additionaleventdata,
    CASE WHEN accepted THEN host END AS host,
    row_number() OVER (
      PARTITION BY accepted, CASE
        WHEN accepted THEN eventid
        ELSE concat(coalesce(account, ''), ' ', coalesce(awsregion, ''), ' ', substr(eventtime, 1, 16))
      END
      ORDER BY eventtime) AS copy
  FROM told
),
attempts AS (
  SELECT
    accepted,
    eventtime,
    substr(eventtime, 1, 16) AS minute,
    account,
    awsregion AS region,
    coalesce(json_extract_scalar(requestparameters, '$.userPoolId'), json_extract_scalar(requestparameters, '$.UserPoolId'),
      json_extract_scalar(additionaleventdata, '$.userPoolId')) AS user_pool,
    coalesce(json_extract_scalar(additionaleventdata, '$.requestParameters.client_id[0]'),
      json_extract_scalar(requestparameters, '$.clientId'), json_extract_scalar(requestparameters, '$.ClientId'),
      json_extract_scalar(additionaleventdata, '$.clientId')) AS client,
    CASE WHEN eventname = 'Token_POST' THEN 'token' ELSE eventname END AS endpoint,
    CASE
      WHEN eventname = 'Token_POST' THEN json_extract_scalar(additionaleventdata, '$.requestParameters.grant_type[0]')
      ELSE coalesce(json_extract_scalar(requestparameters, '$.authFlow'), json_extract_scalar(requestparameters, '$.AuthFlow'),
        json_extract_scalar(requestparameters, '$.challengeName'), json_extract_scalar(requestparameters, '$.ChallengeName'),
        CASE WHEN eventname = 'GetTokensFromRefreshToken' THEN 'refresh_token' END)
    END AS grant_type,
    json_extract_scalar(additionaleventdata, '$.requestParameters.redirect_uri[0]') AS redirect_uri,
    array_join(array_sort(array_distinct(split(
      trim(regexp_replace(json_extract_scalar(additionaleventdata, '$.requestParameters.scope[0]'), ' +', ' ')), ' '))), ' ') AS scopes,
    coalesce(json_extract_scalar(additionaleventdata, '$.requestParameters.identity_provider[0]'),
      json_extract_scalar(additionaleventdata, '$.requestParameters.idp_identifier[0]')) AS identity_provider,
    CASE
      WHEN eventname <> 'Token_POST' THEN NULL
      WHEN json_extract_scalar(additionaleventdata, '$.requestParameters.client_id[0]') IS NOT NULL THEN 'post'
      WHEN json_extract_scalar(additionaleventdata, '$.clientId') IS NOT NULL THEN 'basic'
    END AS auth_method,
    CASE WHEN eventname = 'Token_POST'
      THEN coalesce(json_extract_scalar(additionaleventdata, '$.userPoolDomain'), host) END AS domain,
    coalesce(json_extract_scalar(additionaleventdata, '$.sub'),
      CASE WHEN eventname = 'Token_POST'
        THEN json_extract_scalar(additionaleventdata, '$.requestParameters.sub[0]') END) AS principal
  FROM events
  WHERE copy = 1
),
counted AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY principal, account, region, user_pool, client, endpoint, grant_type, redirect_uri, scopes,
        identity_provider, auth_method, domain, substr(minute, 1, 14),
        CAST(substr(minute, 15, 2) AS integer) / 5
      ORDER BY eventtime) AS time_of_principal
  FROM attempts
)
SELECT
  account, region, user_pool, client, endpoint, grant_type, redirect_uri, scopes, identity_provider, auth_method, domain,
  count(CASE WHEN accepted THEN 1 END) AS requests,
  count(CASE WHEN accepted AND (principal IS NULL OR time_of_principal = 1) THEN 1 END) AS callers,
  min(eventtime) AS first_time,
  max(eventtime) AS last_time,
  bitwise_or_agg(CASE WHEN accepted
    THEN CAST(power(2, CAST(substr(eventtime, 18, 2) AS integer)) AS bigint) ELSE CAST(0 AS bigint) END) AS seconds
FROM counted
GROUP BY account, region, user_pool, client, endpoint, grant_type, redirect_uri, scopes, identity_provider, auth_method,
  domain, minute
