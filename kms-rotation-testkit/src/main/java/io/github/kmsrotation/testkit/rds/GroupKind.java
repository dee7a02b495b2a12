package io.github.kmsrotation.testkit.rds;

/**
 * What DB instances refer to by name. Codes are those of the API's errors; quotas those of a new
 * account.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html">Quotas</a>
 */
enum GroupKind {
  SUBNET(
      "DBSubnetGroup",
      "subgrp",
      "DBSubnetGroupNotFoundFault",
      "DBSubnetGroupAlreadyExists",
      "InvalidDBSubnetGroupStateFault",
      "DBSubnetGroupQuotaExceeded",
      50),
  PARAMETER(
      "DBParameterGroup",
      "pg",
      "DBParameterGroupNotFound",
      "DBParameterGroupAlreadyExists",
      "InvalidDBParameterGroupState",
      "DBParameterGroupQuotaExceeded",
      50),
  OPTION(
      "OptionGroup",
      "og",
      "OptionGroupNotFoundFault",
      "OptionGroupAlreadyExistsFault",
      "InvalidOptionGroupStateFault",
      "OptionGroupQuotaExceededFault",
      20);

  /** How the API calls it; the parameter that names one has {@code Name} after it. */
  final String title;

  final String arnType;
  final String notFound;
  final String alreadyExists;
  final String inUse;
  final String tooMany;
  final int most;

  GroupKind(
      String title,
      String arnType,
      String notFound,
      String alreadyExists,
      String inUse,
      String tooMany,
      int most) {
    this.title = title;
    this.arnType = arnType;
    this.notFound = notFound;
    this.alreadyExists = alreadyExists;
    this.inUse = inUse;
    this.tooMany = tooMany;
    this.most = most;
  }

  String nameParameter() {
    return title + "Name";
  }
}
