//! Writes of services other than Cognito, and releases of applications, by event source.

/// The writes of one service. Names of events, not of services: a busy service is no needle.
pub struct Service {
    pub source: &'static str,
    /// What log groups and tables are asked for. Looked up around incidents alone where there are
    /// requests: each name is a question of its own.
    pub asked: &'static [&'static str],
    /// What is taken where files and archives hold it; of these, what takes something away is looked up
    /// around incidents.
    pub taken: &'static [&'static str],
}

/// Writes of other services that the token endpoint, or a caller's way to it, may depend on
/// (domain.md §2.3, §11).
pub const OTHERS: [Service; 20] = [
    Service {
        source: "lambda.amazonaws.com",
        asked: &[
            "UpdateFunctionCode20150331v2",
            "UpdateFunctionConfiguration20150331v2",
            "PublishVersion20150331",
            "UpdateAlias20150331",
            "AddPermission20150331v2",
            "RemovePermission20150331v2",
            "PutFunctionConcurrency20171031",
            "DeleteFunctionConcurrency20171031",
            "DeleteFunction20150331",
            "CreateFunction20150331",
        ],
        taken: &["DeleteAlias20150331"],
    },
    Service {
        source: "wafv2.amazonaws.com",
        asked: &[
            "AssociateWebACL",
            "DisassociateWebACL",
            "UpdateWebACL",
            "DeleteWebACL",
            "UpdateRuleGroup",
            "UpdateIPSet",
        ],
        taken: &[
            "CreateWebACL",
            "CreateIPSet",
            "CreateRuleGroup",
            "DeleteIPSet",
            "DeleteRuleGroup",
            "UpdateRegexPatternSet",
            "DeleteRegexPatternSet",
        ],
    },
    Service {
        source: "secretsmanager.amazonaws.com",
        asked: &[
            "RotateSecret",
            "PutSecretValue",
            "UpdateSecret",
            "UpdateSecretVersionStage",
            "DeleteSecret",
            "RestoreSecret",
            "PutResourcePolicy",
            "RotationStarted",
            "RotationSucceeded",
            "RotationFailed",
            "RotationAbandoned",
        ],
        taken: &["CreateSecret", "DeleteResourcePolicy"],
    },
    Service {
        source: "ssm.amazonaws.com",
        asked: &["PutParameter", "DeleteParameter"],
        taken: &["DeleteParameters"],
    },
    Service {
        source: "acm.amazonaws.com",
        asked: &[
            "DeleteCertificate",
            "ImportCertificate",
            "RequestCertificate",
        ],
        taken: &["RenewCertificate"],
    },
    Service {
        source: "route53.amazonaws.com",
        asked: &["ChangeResourceRecordSets"],
        taken: &[
            "DeleteHostedZone",
            "AssociateVPCWithHostedZone",
            "DisassociateVPCFromHostedZone",
        ],
    },
    Service {
        source: "kms.amazonaws.com",
        asked: &[
            "DisableKey",
            "ScheduleKeyDeletion",
            "PutKeyPolicy",
            "RevokeGrant",
        ],
        taken: &["EnableKey", "CancelKeyDeletion", "RetireGrant"],
    },
    Service {
        source: "iam.amazonaws.com",
        asked: &[
            "PutRolePolicy",
            "DetachRolePolicy",
            "UpdateAssumeRolePolicy",
        ],
        taken: &[
            "AttachRolePolicy",
            "DeleteRolePolicy",
            "DeleteRole",
            "SetDefaultPolicyVersion",
        ],
    },
    Service {
        source: "cloudformation.amazonaws.com",
        asked: &[
            "UpdateStack",
            "ExecuteChangeSet",
            "CreateStack",
            "DeleteStack",
        ],
        taken: &["RollbackStack"],
    },
    Service {
        source: "elasticloadbalancing.amazonaws.com",
        asked: &["ModifyRule", "ModifyListener", "CreateRule"],
        taken: &[
            "DeleteRule",
            "DeleteListener",
            "DeleteLoadBalancer",
            "AddListenerCertificates",
            "RemoveListenerCertificates",
            "SetSecurityGroups",
        ],
    },
    Service {
        source: "route53domains.amazonaws.com",
        asked: &[],
        taken: &["UpdateDomainNameservers"],
    },
    Service {
        source: "route53resolver.amazonaws.com",
        asked: &[],
        taken: &[
            "DisassociateResolverRule",
            "DeleteResolverRule",
            "UpdateResolverRule",
            "CreateFirewallRule",
            "UpdateFirewallRule",
            "AssociateFirewallRuleGroup",
        ],
    },
    Service {
        source: "network-firewall.amazonaws.com",
        asked: &[],
        taken: &[
            "UpdateRuleGroup",
            "UpdateFirewallPolicy",
            "AssociateFirewallPolicy",
        ],
    },
    Service {
        source: "apigateway.amazonaws.com",
        asked: &[],
        taken: &[
            "CreateDomainName",
            "UpdateDomainName",
            "DeleteDomainName",
            "CreateBasePathMapping",
            "UpdateBasePathMapping",
            "DeleteBasePathMapping",
            "CreateApiMapping",
            "UpdateApiMapping",
            "DeleteApiMapping",
        ],
    },
    Service {
        source: "cloudfront.amazonaws.com",
        asked: &[],
        taken: &[
            "CreateDistribution",
            "UpdateDistribution",
            "DeleteDistribution",
            "AssociateAlias",
        ],
    },
    Service {
        source: "ec2.amazonaws.com",
        asked: &[],
        taken: &[
            "CreateRoute",
            "ReplaceRoute",
            "DeleteRoute",
            "AssociateRouteTable",
            "DisassociateRouteTable",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "CreateNatGateway",
            "DeleteNatGateway",
            "DisassociateAddress",
            "ReleaseAddress",
            "DetachInternetGateway",
            "CreateNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupEgress",
            "AuthorizeSecurityGroupIngress",
            "RevokeSecurityGroupIngress",
            "ModifySecurityGroupRules",
            "CreateVpcEndpoint",
            "ModifyVpcEndpoint",
            "DeleteVpcEndpoints",
            "ModifyVpcAttribute",
            "AssociateDhcpOptions",
            "DeleteVpcPeeringConnection",
            "CreateTransitGatewayRoute",
            "ReplaceTransitGatewayRoute",
            "DeleteTransitGatewayRoute",
            "DeleteTransitGatewayVpcAttachment",
        ],
    },
    Service {
        source: "ses.amazonaws.com",
        asked: &[],
        taken: &[
            "DeleteIdentity",
            "DeleteEmailIdentity",
            "DeleteIdentityPolicy",
            "DeleteEmailIdentityPolicy",
            "PutIdentityPolicy",
            "UpdateEmailIdentityPolicy",
            "UpdateAccountSendingEnabled",
            "PutAccountSendingAttributes",
            "UpdateConfigurationSetSendingEnabled",
            "PutConfigurationSetSendingOptions",
            "DeleteConfigurationSet",
        ],
    },
    Service {
        source: "sns.amazonaws.com",
        asked: &[],
        taken: &["SetSMSAttributes"],
    },
    Service {
        source: "sms-voice.amazonaws.com",
        asked: &[],
        taken: &[
            "ReleasePhoneNumber",
            "ReleaseSenderId",
            "SetTextMessageSpendLimitOverride",
            "DeleteTextMessageSpendLimitOverride",
        ],
    },
    Service {
        source: "organizations.amazonaws.com",
        asked: &[],
        taken: &["AttachPolicy", "DetachPolicy", "UpdatePolicy"],
    },
];

/// Calls by which a new version of an application, or its configuration, comes to run. They say
/// nothing about sign-in and are never suspects: they are evidence for the application itself.
pub const RELEASES: [(&str, &[&str]); 9] = [
    (
        "ecs.amazonaws.com",
        &[
            "UpdateService",
            "RegisterTaskDefinition",
            "CreateService",
            "DeleteService",
            "CreateTaskSet",
            "UpdateServicePrimaryTaskSet",
        ],
    ),
    (
        "eks.amazonaws.com",
        &[
            "UpdateClusterVersion",
            "UpdateClusterConfig",
            "UpdateNodegroupVersion",
            "UpdateNodegroupConfig",
            "UpdateAddon",
        ],
    ),
    (
        "codedeploy.amazonaws.com",
        &["CreateDeployment", "ContinueDeployment", "StopDeployment"],
    ),
    ("codepipeline.amazonaws.com", &["StartPipelineExecution"]),
    (
        "apprunner.amazonaws.com",
        &[
            "StartDeployment",
            "UpdateService",
            "CreateService",
            "PauseService",
            "ResumeService",
        ],
    ),
    ("amplify.amazonaws.com", &["StartJob", "StartDeployment"]),
    (
        "elasticbeanstalk.amazonaws.com",
        &[
            "UpdateEnvironment",
            "SwapEnvironmentCNAMEs",
            "RestartAppServer",
        ],
    ),
    ("apigateway.amazonaws.com", &["CreateDeployment"]),
    ("autoscaling.amazonaws.com", &["StartInstanceRefresh"]),
];
