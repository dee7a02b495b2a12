package io.github.kmsrotation.spi;

import java.util.Objects;

/**
 * One of AWS's quotas on what there may be at a time in a Region of an account, as Service Quotas
 * names it.
 *
 * @param serviceCode the service, for example {@code ebs}
 * @param name the quota's name, for example {@code Concurrent snapshot copies per destination
 *     Region}
 * @param usual its value in an account that has asked for no other; 1 or more
 * @see <a
 *     href="https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html">ListServiceQuotas</a>
 */
public record AwsQuota(String serviceCode, String name, int usual) {

  /**
   * @throws IllegalArgumentException if {@code usual} is less than 1
   */
  public AwsQuota {
    Objects.requireNonNull(serviceCode, "serviceCode");
    Objects.requireNonNull(name, "name");
    if (usual < 1) {
      throw new IllegalArgumentException("usual must be 1 or more, was " + usual);
    }
  }
}
