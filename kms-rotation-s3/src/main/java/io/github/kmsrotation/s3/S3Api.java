package io.github.kmsrotation.s3;

import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.DeleteBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketReplicationResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.GetBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.GetBucketLifecycleConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketLifecycleConfigurationResponse;
import software.amazon.awssdk.services.s3.model.GetBucketOwnershipControlsRequest;
import software.amazon.awssdk.services.s3.model.GetBucketOwnershipControlsResponse;
import software.amazon.awssdk.services.s3.model.GetBucketPolicyRequest;
import software.amazon.awssdk.services.s3.model.GetBucketPolicyResponse;
import software.amazon.awssdk.services.s3.model.GetBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketReplicationResponse;
import software.amazon.awssdk.services.s3.model.GetBucketRequestPaymentRequest;
import software.amazon.awssdk.services.s3.model.GetBucketRequestPaymentResponse;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningResponse;
import software.amazon.awssdk.services.s3.model.GetObjectAclRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAclResponse;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListBucketInventoryConfigurationsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketInventoryConfigurationsResponse;
import software.amazon.awssdk.services.s3.model.ListBucketsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectAnnotationsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectAnnotationsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.PutBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketReplicationResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UpdateObjectEncryptionRequest;
import software.amazon.awssdk.services.s3.model.UpdateObjectEncryptionResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The calls to S3 that the strategy makes, by whichever client the caller gave. They block, and
 * throw what the SDK throws. Safe for use by several threads.
 */
interface S3Api extends SdkAutoCloseable {

  Region region();

  HeadBucketResponse headBucket(HeadBucketRequest request);

  GetBucketEncryptionResponse getBucketEncryption(GetBucketEncryptionRequest request);

  PutBucketEncryptionResponse putBucketEncryption(PutBucketEncryptionRequest request);

  DeleteBucketEncryptionResponse deleteBucketEncryption(DeleteBucketEncryptionRequest request);

  GetBucketPolicyResponse getBucketPolicy(GetBucketPolicyRequest request);

  GetBucketVersioningResponse getBucketVersioning(GetBucketVersioningRequest request);

  GetObjectLockConfigurationResponse getObjectLockConfiguration(
      GetObjectLockConfigurationRequest request);

  GetBucketRequestPaymentResponse getBucketRequestPayment(GetBucketRequestPaymentRequest request);

  ListObjectVersionsResponse listObjectVersions(ListObjectVersionsRequest request);

  HeadObjectResponse headObject(HeadObjectRequest request);

  UpdateObjectEncryptionResponse updateObjectEncryption(UpdateObjectEncryptionRequest request);

  DeleteObjectResponse deleteObject(DeleteObjectRequest request);

  CopyObjectResponse copyObject(CopyObjectRequest request);

  GetObjectAclResponse getObjectAcl(GetObjectAclRequest request);

  CreateMultipartUploadResponse createMultipartUpload(CreateMultipartUploadRequest request);

  UploadPartResponse uploadPart(UploadPartRequest request, byte[] body);

  UploadPartCopyResponse uploadPartCopy(UploadPartCopyRequest request);

  CompleteMultipartUploadResponse completeMultipartUpload(CompleteMultipartUploadRequest request);

  AbortMultipartUploadResponse abortMultipartUpload(AbortMultipartUploadRequest request);

  ListMultipartUploadsResponse listMultipartUploads(ListMultipartUploadsRequest request);

  ListPartsResponse listParts(ListPartsRequest request);

  GetObjectTaggingResponse getObjectTagging(GetObjectTaggingRequest request);

  GetObjectAttributesResponse getObjectAttributes(GetObjectAttributesRequest request);

  ListObjectAnnotationsResponse listObjectAnnotations(ListObjectAnnotationsRequest request);

  ListBucketsResponse listBuckets(ListBucketsRequest request);

  GetBucketReplicationResponse getBucketReplication(GetBucketReplicationRequest request);

  PutBucketReplicationResponse putBucketReplication(PutBucketReplicationRequest request);

  DeleteBucketReplicationResponse deleteBucketReplication(DeleteBucketReplicationRequest request);

  GetBucketLifecycleConfigurationResponse getBucketLifecycleConfiguration(
      GetBucketLifecycleConfigurationRequest request);

  GetBucketOwnershipControlsResponse getBucketOwnershipControls(
      GetBucketOwnershipControlsRequest request);

  ListBucketInventoryConfigurationsResponse listBucketInventoryConfigurations(
      ListBucketInventoryConfigurationsRequest request);

  byte[] getObject(GetObjectRequest request);

  PutObjectResponse putObject(PutObjectRequest request, byte[] body);
}
